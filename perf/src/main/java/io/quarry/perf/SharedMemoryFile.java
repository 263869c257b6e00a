/*
 * Copyright 2026 The Quarry authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 * https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */
package io.quarry.perf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a mapped file is memory only.
 */
public final class SharedMemoryFile
{
    private static final Path SHARED = Path.of("/dev/shm");

    private SharedMemoryFile()
    {
    }

    /**
     * Makes an empty file, in shared memory where there is some and otherwise in the folder for temporary files; the
     * caller deletes it.
     *
     * @return its path.
     * @throws IOException if none can be made.
     */
    public static Path create() throws IOException
    {
        return Files.isWritable(SHARED) ?
            Files.createTempFile(SHARED, "quarry", ".region") : Files.createTempFile("quarry", ".region");
    }
}
