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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What a region does to a JVM as a whole: what it prints, what it loads, and what becomes of its memory under a limit.
 */
class RegionJvmTest
{
    private static final int MIB = 1 << 20;

    @Test
    void shouldNeedNoFlagAndPrintNothing()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class).run(WholeLife.class);
        assertEquals(new ForkedJvm.Result(0, "done", ""), result);
    }

    @Test
    void shouldLoadEverythingButAgronaBuffersWithoutAgrona()
    {
        final ForkedJvm.Result result =
            ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class).run(LoadAll.class);
        assertEquals(0, result.status(), result.err());
        assertEquals("", result.err());
        assertTrue(Integer.parseInt(result.out()) >= 10, "classes loaded: " + result.out());
    }

    @Test
    void shouldGiveMemoryBackWhenClosedAndWhenLostAndWhenRefused()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class)
            .flags("-XX:MaxDirectMemorySize=64m").run(UnderLimit.class);
        assertEquals(new ForkedJvm.Result(0, "done", ""), result);
    }

    @Test
    void shouldNameTheFlagThatAgronaNeeds()
    {
        final ForkedJvm.Result result = ForkedJvm
            .withClassesOf(Region.class, RegionJvmTest.class, DirectBuffer.class).run(WithoutAgronaFlag.class);
        final String expected = "Agrona's buffers need the JVM flag " +
            "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED";
        // The second time Agrona itself says less.
        assertEquals(new ForkedJvm.Result(0, expected + "|" + expected, ""), result);
    }

    static final class WholeLife
    {
        public static void main(final String[] args)
        {
            final Region region = Region.allocate(MIB, 1 << 16);
            final RegionClaim claim = region.claim("program");
            final long base = region.address();
            region.buffer(base).putLong(region.bufferOffset(base), 7);
            claim.copy(base, base + 4096, 4096);
            claim.zero(base, 4096);
            final ByteBuffer view = region.byteBuffer(base + 4096, 8);
            require(7 == view.getLong(0) && 0 == region.buffer(base).getLong(0), "contents");
            claim.release(base + 8192);
            region.copy(base, base + 4096, 100);
            region.zero(base, MIB);
            region.close();
            System.out.print("done");
        }
    }

    static final class LoadAll
    {
        public static void main(final String[] args) throws IOException
        {
            final Path root = ForkedJvm.placeOf(Region.class);
            final List<String> names;
            try (Stream<Path> files = Files.walk(root))
            {
                names = files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("AgronaBuffers"))
                    .map(name -> name.substring(0, name.length() - 6).replace('/', '.').replace('\\', '.'))
                    .collect(Collectors.toList());
            }
            for (final String name : names)
            {
                load(name);
            }
            System.out.print(names.size());
        }

        private static void load(final String name)
        {
            try
            {
                // The two ways to memory are initialised only where they work.
                final boolean initialize = !name.contains("DirectMemory") && !name.contains("ArenaMemory");
                final Class<?> type = Class.forName(name, initialize, LoadAll.class.getClassLoader());
                type.getDeclaredMethods();
                type.getDeclaredFields();
            }
            catch (final ClassNotFoundException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }

    static final class UnderLimit
    {
        public static void main(final String[] args)
        {
            for (int i = 0; i < 20; i++)
            {
                Region.allocate(16 * MIB).close();
            }
            refuse(100 * MIB, 4096);
            refuse(40 * MIB, 32 * MIB);
            final Region most = Region.allocate(60 * MIB);
            refuse(16 * MIB, 4096);
            most.close();
            for (int i = 0; i < 5; i++)
            {
                lose();
                await(() -> fits(60 * MIB), "a lost region to be freed");
            }
            System.out.print("done");
        }

        private static void lose()
        {
            final Region region = Region.allocate(16 * MIB);
            // Views and a claim that are lost with it don't keep it.
            region.byteBuffer(region.address(), 100).slice(1, 2).asLongBuffer();
            region.claim("lost").zero(region.address(), 100);
        }

        private static boolean fits(final int size)
        {
            try
            {
                Region.allocate(size).close();
                return true;
            }
            catch (final OutOfMemoryError error)
            {
                return false;
            }
        }

        private static void refuse(final int size, final int alignment)
        {
            try
            {
                Region.allocate(size, alignment);
            }
            catch (final OutOfMemoryError error)
            {
                require(error.getMessage().contains("size=" + size), error.getMessage());
                return;
            }
            throw new IllegalStateException("had size=" + size + " alignment=" + alignment);
        }
    }

    static final class WithoutAgronaFlag
    {
        public static void main(final String[] args)
        {
            try (Region region = Region.allocate(MIB))
            {
                System.out.print(messageOf(region) + "|" + messageOf(region));
            }
        }

        private static String messageOf(final Region region)
        {
            try
            {
                AgronaBuffers.newBuffer(region, region.address(), 8);
                return "no error";
            }
            catch (final UnsupportedOperationException ex)
            {
                return ex.getMessage();
            }
        }
    }

    private static void require(final boolean condition, final String what)
    {
        if (!condition)
        {
            throw new IllegalStateException(what);
        }
    }

    /** Collects until something holds: a collector may take several rounds, and a cleaner its time. */
    static void await(final BooleanSupplier condition, final String what)
    {
        final long deadlineNs = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean())
        {
            require(System.nanoTime() - deadlineNs < 0, "no more waiting for " + what);
            System.gc();
            try
            {
                Thread.sleep(5);
            }
            catch (final InterruptedException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }
}
