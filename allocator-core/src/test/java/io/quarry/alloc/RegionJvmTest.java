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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
    void shouldLoadEverythingButAgronasBuffersWithoutAgrona()
    {
        final ForkedJvm.Result result =
            ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class).run(LoadAll.class);
        assertEquals(0, result.status(), result.err());
        assertEquals("", result.err());
        assertTrue(Integer.parseInt(result.out()) >= 10, "classes loaded: " + result.out());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldGiveMemoryBackWhenClosedAndWhenLost()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class).run(GiveBack.class);
        assertEquals(new ForkedJvm.Result(0, "done", ""), result);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldTellHowMuchWasAskedWhenTheSystemHasNoMore()
    {
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class)
            .flags("-XX:MaxDirectMemorySize=4g", "-XX:CompressedClassSpaceSize=32m", "-XX:ReservedCodeCacheSize=32m")
            .addressSpaceKiB(2 << 20).run(Refuse.class, "2040");
        assertEquals(new ForkedJvm.Result(0, "done", ""), result);
    }

    @Test
    void shouldTellHowMuchWasAskedWhenTheJdkAllowsNoMore()
    {
        assumeTrue(RegionMemory.UNGUARDED, "from JDK 22 on it sets no limit");
        final ForkedJvm.Result result = ForkedJvm.withClassesOf(Region.class, RegionJvmTest.class)
            .flags("-XX:MaxDirectMemorySize=64m").run(Refuse.class, "100");
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
                    .filter(name -> name.endsWith(".class") && !name.equals("module-info.class"))
                    .filter(name -> !name.contains("AgronaBuffers") && !name.contains("ExpandableBlockBuffer"))
                    .filter(name -> !name.contains("UnsafeBufferView") && !name.contains("LeakCheck"))
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
                // The two ways to memory are initialised only where they work, the holder only after the choice.
                final boolean initialize = !name.contains("DirectMemory") && !name.contains("ArenaMemory") &&
                    !name.endsWith("GlobalRegistration$Holder");
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

    static final class GiveBack
    {
        /** So large a piece goes back to the system when it is freed. */
        private static final int SIZE = 40 * MIB;

        public static void main(final String[] args)
        {
            Region.allocate(SIZE).close();
            final long before = residentBytes();
            for (int i = 0; i < 10; i++)
            {
                Region.allocate(SIZE).close();
                require(residentBytes() < before + SIZE / 2, "kept when closed");
            }
            for (int i = 0; i < 5; i++)
            {
                lose();
                await(() -> residentBytes() < before + SIZE / 2, "a lost region to be freed");
            }
            System.out.print("done");
        }

        private static void lose()
        {
            final Region region = Region.allocate(SIZE);
            // Views and a claim that are lost with it don't keep it.
            region.byteBuffer(region.address(), 100).slice(1, 2).asLongBuffer();
            region.claim("lost").zero(region.address(), 100);
        }

        private static long residentBytes()
        {
            try
            {
                return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst().orElseThrow();
            }
            catch (final IOException ex)
            {
                throw new IllegalStateException(ex);
            }
        }
    }

    static final class Refuse
    {
        public static void main(final String[] args)
        {
            final int tooMuch = Integer.parseInt(args[0]) * MIB;
            for (int i = 0; i < 2; i++)
            {
                try
                {
                    Region.allocate(tooMuch, 65_536);
                    throw new IllegalStateException("had " + tooMuch);
                }
                catch (final OutOfMemoryError error)
                {
                    require(error.getMessage().contains("size=" + tooMuch), error.getMessage());
                    require(error.getMessage().contains("alignment=65536"), error.getMessage());
                }
                Region.allocate(60 * MIB).close();
            }
            System.out.print("done");
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
