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
package io.quarry.alloc;

/**
 * Whether misuse is looked for. On unless the JVM was started with {@code -Dquarry.checks=off}, and with
 * {@code -Dquarry.checks=full} also that a second thread calls what is for one: an allocator that
 * {@link OneThreadAllocator} guards, or the heap that a concurrent one gave to another thread. Read once, so that the
 * JIT compiler leaves nothing of the checks when they are off.
 */
public final class Checks
{
    /**
     * Name of the system property.
     */
    public static final String PROPERTY = "quarry.checks";

    /**
     * False if what costs time is dropped.
     */
    public static final boolean ENABLED = !"off".equals(System.getProperty(PROPERTY));

    /**
     * True if also that is looked for which costs more than a few instructions a call.
     */
    public static final boolean FULL = "full".equals(System.getProperty(PROPERTY));

    private Checks()
    {
    }
}
