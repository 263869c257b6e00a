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
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Regions of files where the file system has no more room, is read-only, or has huge pages; and of a file that is
 * truncated under them. Each in a JVM of its own, as an access that fails may fail late; where a file system is needed
 * in a mount namespace of its own, so that nothing else sees it.
 */
@EnabledOnOs(OS.LINUX)
class RegionFileSystemTest
{
    private static final int MIB = 1 << 20;
    private static final int HUGE_PAGE = 2 * MIB;
    private static final String HUGE_PAGES = "mount -t hugetlbfs -o pagesize=2M none $DIR";

    @TempDir
    private Path directory;

    @Test
    void shouldTellThatTheFileWasTruncated()
    {
        run(ForkedJvm.withClassesOf(Region.class, RegionFileSystemTest.class), Truncated.class);
    }

    @Test
    void shouldTellThatTheFileSystemIsFull()
    {
        run(onMount("mount -t tmpfs -o size=4m none $DIR"), Full.class);
    }

    @Test
    void shouldNotKeepAFileThatCouldNotBeMade()
    {
        // One file's worth of inodes, which the root of the file system takes.
        run(onMount("mount -t tmpfs -o size=4m,nr_inodes=1 none $DIR"), NoRoomForAFile.class);
    }

    @Test
    void shouldRefuseAReadOnlyFile()
    {
        run(onMount("mount -t tmpfs -o size=4m none $DIR && echo old >$DIR/region && mount -o remount,ro $DIR"),
            ReadOnly.class);
    }

    @Test
    void shouldRefuseSizesThatHugePagesCantHold()
    {
        run(onMount(HUGE_PAGES), WrongForHugePages.class);
    }

    @Test
    void shouldSayThatThereAreNoHugePages() throws IOException
    {
        assumeTrue(0 == freeHugePages(), "huge pages are free");
        run(onMount(HUGE_PAGES), NoHugePages.class);
    }

    @Test
    void shouldMapHugePages() throws IOException
    {
        assumeTrue(freeHugePages() >= 2, "no two huge pages of 2 MiB are free (see vm.nr_hugepages)");
        run(onMount(HUGE_PAGES), HugePages.class);
    }

    private static long freeHugePages() throws IOException
    {
        final Path pages = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
        return Files.exists(pages) ? Long.parseLong(Files.readString(pages).trim()) : 0;
    }

    private void run(final ForkedJvm jvm, final Class<?> main)
    {
        assertEquals(new ForkedJvm.Result(0, "done", ""), jvm.run(main, directory.toString()));
    }

    private ForkedJvm onMount(final String mount)
    {
        final String command = mount.replace("$DIR", directory.toString());
        assumeTrue(works(command), "no mount namespace to be had (unshare --mount), or not: " + command);
        return ForkedJvm.withClassesOf(Region.class, RegionFileSystemTest.class).mounting(command);
    }

    private static boolean works(final String command)
    {
        try
        {
            final Process process = new ProcessBuilder("unshare", "--mount", "sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(20, TimeUnit.SECONDS) && 0 == process.exitValue();
        }
        catch (final IOException | InterruptedException ex)
        {
            return false;
        }
    }

    static final class Truncated
    {
        public static void main(final String[] args) throws IOException
        {
            final Path file = Path.of(args[0], "region");
            final Region other = Region.allocate(MIB);
            final List<Consumer<Region>> calls = List.of(
                (region) -> region.zero(region.address() + MIB, 100),
                (region) -> region.zero(region.address() + MIB, 100_000),
                (region) -> region.copy(region.address() + MIB, region.address(), 100_000),
                (region) -> region.copy(region.address(), region.address() + MIB, 20),
                (region) -> region.claim("test").zero(region.address() + MIB, 20),
                (region) -> region.claim("test").copy(region.address(), region.address() + MIB, 100_000),
                (region) -> region.preTouch(1, RegionFileSystemTest::ignore),
                (region) -> region.preTouch(3, RegionFileSystemTest::ignore),
                (region) -> RegionCopy.copy(region, region.address() + MIB, other, other.address(), 100_000),
                (region) -> RegionCopy.copy(other, other.address(), region, region.address() + MIB, 100_000));
            for (int i = 0; i < calls.size(); i++)
            {
                final Region region = Region.map(file, 2 * MIB);
                region.zero(region.address(), 2 * MIB);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE))
                {
                    channel.truncate(4096);
                }
                expectFault(region, calls.get(i), "call " + i, file, "the file was truncated, to 4096 bytes");
            }
            System.out.print("done");
        }
    }

    static final class Full
    {
        public static void main(final String[] args)
        {
            final Path file = Path.of(args[0], "region");
            final List<Consumer<Region>> calls = List.of(
                (region) -> region.zero(region.address(), 8 * MIB),
                (region) -> region.preTouch(2, RegionFileSystemTest::ignore));
            for (int i = 0; i < calls.size(); i++)
            {
                expectFault(Region.map(file, 8 * MIB), calls.get(i), "call " + i, file, "the file system is full");
            }
            System.out.print("done");
        }
    }

    static final class NoRoomForAFile
    {
        public static void main(final String[] args)
        {
            final Path file = Path.of(args[0], "region");
            expectNone(file, MIB, "No space left on device");
            require(!Files.exists(file), "left behind");
            System.out.print("done");
        }
    }

    static final class ReadOnly
    {
        public static void main(final String[] args) throws IOException
        {
            final Path file = Path.of(args[0], "region");
            expectNone(file, MIB, "Read-only file system");
            require(4 == Files.size(file), "changed");
            expectNone(Path.of(args[0], "other"), MIB, "Read-only file system");
            System.out.print("done");
        }
    }

    static final class WrongForHugePages
    {
        public static void main(final String[] args)
        {
            final Path file = Path.of(args[0], "region");
            for (final long size : new long[]{ 1, 4096, HUGE_PAGE - 1, HUGE_PAGE + 4096, 3L * HUGE_PAGE / 2 })
            {
                try
                {
                    throw new IllegalStateException("mapped " + Region.map(file, size));
                }
                catch (final IllegalArgumentException ex)
                {
                    final String wanted = "region of path=" + file + " size=" + size +
                        ": not a multiple of the huge page of " + HUGE_PAGE + " bytes";
                    require(ex.getMessage().startsWith(wanted), ex.getMessage());
                }
                require(!Files.exists(file), "left behind");
                require(RegionMapTest.held(file.toString()).isEmpty(), "held");
            }
            System.out.print("done");
        }
    }

    static final class NoHugePages
    {
        public static void main(final String[] args)
        {
            final Path file = Path.of(args[0], "region");
            expectNone(file, 2 * HUGE_PAGE, "huge pages");
            require(!Files.exists(file), "left behind when there are no pages");
            System.out.print("done");
        }
    }

    static final class HugePages
    {
        public static void main(final String[] args)
        {
            final Path file = Path.of(args[0], "region");
            for (int round = 0; round < 2; round++)
            {
                try (Region region = Region.map(file, 2 * HUGE_PAGE))
                {
                    require(0 == region.address() % HUGE_PAGE, "alignment");
                    region.preTouch(1, RegionFileSystemTest::ignore);
                    final long last = region.address() + 2 * HUGE_PAGE - Long.BYTES;
                    final long found = region.buffer(last).getLong(region.bufferOffset(last));
                    require(round == found, "round=" + round + " found=" + found);
                    region.buffer(last).putLong(region.bufferOffset(last), 1);
                    region.zero(region.address(), HUGE_PAGE);
                }
                require(RegionMapTest.held(file.toString()).isEmpty(), "held");
            }
            System.out.print("done");
        }
    }

    /** From JDK 22 on at the call itself; before, the JVM may report later, in its own words. */
    private static void expectFault(
        final Region region, final Consumer<Region> call, final String what, final Path file, final String reason)
    {
        try
        {
            call.accept(region);
            // An array so large has the thread enter the JVM, which is where it finds the error.
            throw new IllegalStateException(what + ": no error" + new byte[4 * MIB].length);
        }
        catch (final UncheckedIOException ex)
        {
            final String message = ex.getMessage();
            require(message.contains("path=" + file + " size=" + region.capacity()), what + ": " + message);
            require(message.contains("address=0x") && message.contains("length="), what + ": " + message);
            require(message.contains(reason), what + ": " + message);
        }
        catch (final InternalError late)
        {
            require(RegionMemory.UNGUARDED, what + ": " + late);
        }
    }

    private static void expectNone(final Path file, final long size, final String reason)
    {
        try
        {
            throw new IllegalStateException("mapped " + Region.map(file, size));
        }
        catch (final UncheckedIOException ex)
        {
            final String message = ex.getMessage();
            require(message.contains("path=" + file + " size=" + size) && message.contains(reason), message);
        }
        require(RegionMapTest.held(file.toString()).isEmpty(), "held");
    }

    private static void ignore(final long done)
    {
        require(done > 0, "no progress");
    }

    private static void require(final boolean condition, final String what)
    {
        if (!condition)
        {
            throw new IllegalStateException(what);
        }
    }
}
