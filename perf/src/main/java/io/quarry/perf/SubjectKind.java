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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What subjects have in common.
 */
enum SubjectKind
{
    /** An allocator over one region. */
    QUARRY,
    /** A Netty allocator. */
    NETTY,
    /** One in C. */
    MALLOC,
    /** Memory of the JDK's for each block. */
    JDK,
    /** Arrow's. */
    ARROW,
    /** Terracotta's. */
    TERRACOTTA,
    /** None, but what an allocator can't be faster than. */
    FLOOR;

    private static final int FIRST_JDK_WITH_UNSAFE_FLAG = 23;
    private static final int OBJECTS_BYTES = 512;
    private static final int ADDRESS_BYTES = 16;
    private static final int FIRST_JDK_WITH_NATIVE_ACCESS_WARNING = 22;

    /**
     * The JVM flags of this kind, beside those that all have.
     *
     * @param jdk feature version of the JVM.
     * @return the flags.
     */
    List<String> flags(final int jdk)
    {
        final List<String> flags = new ArrayList<>();
        if (NETTY == this)
        {
            flags.add("-Dio.netty.leakDetection.level=disabled");
            flags.add("-Dio.netty.buffer.checkBounds=false");
            flags.add("-Dio.netty.buffer.checkAccessible=false");
            flags.add("-Dio.netty.noUnsafe=false");
            flags.add("-Dio.netty.tryReflectionSetAccessible=true");
        }
        if (MALLOC == this)
        {
            flags.add("-Dorg.lwjgl.util.NoChecks=true");
        }
        if (ARROW == this)
        {
            flags.add("-Darrow.enable_unsafe_memory_access=true");
            flags.add("-Darrow.enable_null_check_for_get=false");
        }
        if (NETTY == this || ARROW == this)
        {
            flags.add("--add-opens=java.base/java.nio=ALL-UNNAMED");
        }
        if (NETTY == this || JDK == this)
        {
            flags.add("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED");
        }
        if (isPeer() && jdk >= FIRST_JDK_WITH_NATIVE_ACCESS_WARNING)
        {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        if (isPeer() && jdk >= FIRST_JDK_WITH_UNSAFE_FLAG)
        {
            flags.add("--sun-misc-unsafe-memory-access=allow");
        }
        return flags;
    }

    /**
     * The flags of all kinds together, for a JVM that serves whichever.
     *
     * @param jdk feature version of the JVM.
     * @return the flags, each once.
     */
    static List<String> allFlags(final int jdk)
    {
        return Arrays.stream(values()).flatMap((kind) -> kind.flags(jdk).stream()).distinct()
            .collect(Collectors.toList());
    }

    boolean isPeer()
    {
        return QUARRY != this && FLOOR != this;
    }

    /** Java heap that a live block takes, at most, where the allocator makes objects. */
    int heapBytesPerBlock()
    {
        return JDK == this || ARROW == this ? OBJECTS_BYTES : ADDRESS_BYTES;
    }
}
