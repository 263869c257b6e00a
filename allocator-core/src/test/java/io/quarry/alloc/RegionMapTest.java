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
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Regions of files; after each test this process holds neither a handle nor a mapping of one. What takes a file system
 * of its own: {@link RegionFileSystemTest}.
 */
@Timeout(120)
class RegionMapTest
{
    private static final int SIZE = 1 << 20;
    private static final LongConsumer SILENT = Long::valueOf;

    @TempDir
    Path directory;

    private Path file;
    /** Whether a view is left to the collector. */
    private boolean isLost;

    @BeforeEach
    void nameFile()
    {
        file = directory.resolve("region");
    }

    @AfterEach
    void shouldHoldNothing()
    {
        if (isLost)
        {
            RegionJvmTest.await(() -> held(directory.toString()).isEmpty(), "the last view to let go");
        }
        assertEquals(List.of(), held(directory.toString()));
    }

    @Test
    void shouldMakeAFileThatIsKnownToBeZero() throws IOException
    {
        try (Region region = Region.map(file, SIZE))
        {
            assertEquals(SIZE, region.capacity());
            assertEquals(SIZE, Files.size(file));
            assertEquals(0, region.address() % 4096);
            assertEquals(region.address(), zeroFrom(region));
            assertTrue(region.toString().contains("path=" + file), region.toString());
        }
        assertArrayEquals(new byte[SIZE], Files.readAllBytes(file));
    }

    @Test
    void shouldKeepWhatTheFileHeldAndExtendIt() throws IOException
    {
        final byte[] contents = pattern(100_000);
        Files.write(file, contents);
        try (Region region = Region.map(file, SIZE))
        {
            final byte[] seen = new byte[contents.length];
            region.byteBuffer(region.address(), seen.length).get(seen);
            assertArrayEquals(contents, seen);
            // To the end of the largest page there is.
            assertEquals(region.address() + 131_072, zeroFrom(region));
        }
        assertArrayEquals(Arrays.copyOf(contents, SIZE), Files.readAllBytes(file));
    }

    @Test
    void shouldNotKnowAFullFileToBeZero() throws IOException
    {
        Files.write(file, new byte[SIZE]);
        try (Region region = Region.map(file, SIZE))
        {
            assertEquals(region.address() + SIZE, zeroFrom(region));
        }
    }

    @Test
    void shouldLeaveTheRestOfALongerFileAlone() throws IOException
    {
        final byte[] contents = pattern(3 * SIZE);
        Files.write(file, contents);
        try (Region region = Region.map(file, SIZE))
        {
            region.zero(region.address(), SIZE);
        }
        Arrays.fill(contents, 0, SIZE, (byte)0);
        assertArrayEquals(contents, Files.readAllBytes(file));
    }

    @Test
    void shouldShareBytesWithTheFileBothWays() throws IOException
    {
        try (Region region = Region.map(file, SIZE);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final long at = region.address() + 5000;
            channel.write(ByteBuffer.wrap(new byte[]{ 42 }), 5000);
            assertEquals(42, region.buffer(at).get(region.bufferOffset(at)));
            region.copy(at, at + 1, 1);
            final ByteBuffer read = ByteBuffer.allocate(2);
            channel.read(read, 5000);
            assertArrayEquals(new byte[]{ 42, 42 }, read.array());
            ((MappedByteBuffer)region.buffer(at)).force();
            ((MappedByteBuffer)region.byteBuffer(at, 100)).force();
        }
    }

    @Test
    void shouldRefuseClosedCallsAndASecondClaimAsAnyRegionDoes()
    {
        final Region region = Region.map(file, SIZE);
        final RegionClaim claim = region.claim("first");
        final Exception second = assertThrows(IllegalStateException.class, () -> region.claim("second"));
        assertTrue(second.getMessage().contains("first") && second.getMessage().contains("second") &&
            second.getMessage().contains(file.toString()), second.getMessage());
        assertThrows(IllegalStateException.class, region::close);
        assertTrue(region.isOpen());
        claim.zero(region.address(), SIZE);
        claim.release(region.address());
        region.close();
        region.close();
        final Exception late = assertThrows(IllegalStateException.class, () -> region.zero(region.address(), 1));
        assertTrue(late.getMessage().contains("closed"), late.getMessage());
        assertThrows(IllegalStateException.class, () -> claim.zero(region.address(), 1));
        assertThrows(IllegalStateException.class, () -> region.preTouch(1, SILENT));
    }

    @ParameterizedTest
    @ValueSource(longs = { 0, -1, Long.MAX_VALUE, (1L << 46) + 1 })
    void shouldRefuseSizesOutOfRangeAndMakeNoFile(final long size)
    {
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> Region.map(file, size));
        assertNames(ex, size, "");
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldNameTheLimitOfOldReleases()
    {
        assumeTrue(RegionMemory.UNGUARDED, "JDK 22 and later map more");
        final Exception ex = assertThrows(IllegalArgumentException.class, () -> Region.map(file, 3L << 30));
        assertNames(ex, 3L << 30, "2147483647 bytes before JDK 22");
        assertFalse(Files.exists(file));
    }

    @Test
    void shouldRefuseADirectory()
    {
        final Exception ex = assertThrows(UncheckedIOException.class, () -> Region.map(directory, SIZE));
        assertTrue(ex.getMessage().contains("path=" + directory + " size=" + SIZE), ex.getMessage());
        assertTrue(ex.getMessage().contains("it is a directory"), ex.getMessage());
    }

    @Test
    void shouldRefuseNoPath()
    {
        final Exception ex = assertThrows(NullPointerException.class, () -> Region.map(null, SIZE));
        assertEquals("path=null", ex.getMessage());
    }

    @Test
    void shouldRefuseALinkToNothing() throws IOException
    {
        final Path target = directory.resolve("none");
        Files.createSymbolicLink(file, target);
        assertNames(assertThrows(UncheckedIOException.class, () -> Region.map(file, SIZE)), SIZE,
            "it is a symbolic link to nothing: target=" + target);
        assertTrue(Files.isSymbolicLink(file));
        assertFalse(Files.exists(target));
    }

    @Test
    void shouldMapWhatALinkGoesTo() throws IOException
    {
        final Path target = Files.createFile(directory.resolve("target"));
        Files.createSymbolicLink(file, target);
        try (Region region = Region.map(file, SIZE))
        {
            assertEquals(SIZE, region.capacity());
            assertEquals(SIZE, Files.size(target));
        }
    }

    @Test
    void shouldRefuseAFileInNoDirectory()
    {
        file = directory.resolve("none").resolve("region");
        assertNames(
            assertThrows(UncheckedIOException.class, () -> Region.map(file, SIZE)), SIZE, "no such directory");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldRefuseWhatIsNoRegularFile()
    {
        file = Path.of("/dev/zero");
        assertNames(
            assertThrows(UncheckedIOException.class, () -> Region.map(file, SIZE)), SIZE, "not a regular file");
    }

    @Test
    void shouldRefuseAReadOnlyFile() throws IOException
    {
        Files.write(file, pattern(100));
        assertTrue(file.toFile().setReadOnly());
        assumeFalse(Files.isWritable(file), "this user may write to every file; see RegionFileSystemTest");
        assertNames(assertThrows(UncheckedIOException.class, () -> Region.map(file, SIZE)), SIZE, "no permission");
        assertArrayEquals(pattern(100), Files.readAllBytes(file));
    }

    @Test
    void shouldNameThePageOfHugePages()
    {
        RegionFile.checkMultiple(file, 4 << 20, 2 << 20);
        final Exception ex =
            assertThrows(IllegalArgumentException.class, () -> RegionFile.checkMultiple(file, SIZE, 2 << 20));
        assertNames(ex, SIZE, "2097152");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldHoldOneMappingWhileOpenAndNoHandle() throws IOException
    {
        for (int i = 0; i < 20; i++)
        {
            try (Region region = Region.map(file, SIZE))
            {
                assertEquals(1, held(file.toString()).size(), () -> region.toString());
            }
            assertEquals(List.of(), held(file.toString()));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldUnmapALostRegionButNotBeforeItsLastView()
    {
        final ByteBuffer view = onlyAView();
        for (int i = 0; i < 10; i++)
        {
            System.gc();
        }
        assertEquals(1, held(file.toString()).size());
        assertEquals(0x5EED, view.getLong(0));
        loseARegion();
        view.putLong(0, 1);
        RegionJvmTest.await(() -> held(file + "-lost").isEmpty(), "a lost region to be unmapped");
        assertEquals(1, view.getLong(0));
        isLost = true;
    }

    private ByteBuffer onlyAView()
    {
        final Region region = Region.map(file, SIZE);
        final ByteBuffer view = region.byteBuffer(region.address() + SIZE - 64, 64);
        view.putLong(16, 0x5EED);
        return view.slice(8, 40).order(view.order()).duplicate().slice(8, 8).order(view.order());
    }

    private void loseARegion()
    {
        final Region region = Region.map(Path.of(file + "-lost"), SIZE);
        region.byteBuffer(region.address(), 100).slice(1, 2).asLongBuffer();
        region.claim("lost").zero(region.address(), 100);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 5, 1000 })
    void shouldTouchEveryPageAndChangeNothing(final int threads) throws IOException
    {
        // Not whole pages, nor whole pieces.
        final int size = (40 << 20) + 4097;
        final byte[] contents = pattern(size);
        Files.write(file, contents);
        try (Region region = Region.map(file, size))
        {
            final List<Long> told = Collections.synchronizedList(new ArrayList<>());
            region.preTouch(threads, told::add);
            assertEquals(3, told.size(), told.toString());
            assertEquals(told.stream().sorted().distinct().toList(), told);
            assertEquals(size, told.get(2));
        }
        assertArrayEquals(contents, Files.readAllBytes(file));
    }

    @Test
    void shouldTakeSpaceWhenTouchedAndNotBefore() throws IOException, InterruptedException
    {
        final int size = 64 << 20;
        file = Files.createTempFile(sharedMemory(), "quarry", ".region");
        try (Region region = Region.map(file, size))
        {
            assertEquals(0, allocatedKiB(file));
            region.preTouch(2, SILENT);
            assertEquals(size >> 10, allocatedKiB(file));
        }
        finally
        {
            Files.delete(file);
        }
        assertEquals(List.of(), held(file.toString()));
    }

    @Test
    void shouldNotDisturbWritersToSharedMemory() throws IOException, InterruptedException
    {
        file = Files.createTempFile(sharedMemory(), "quarry", ".region");
        try (Region region = Region.map(file, 64 << 20))
        {
            final AtomicBoolean done = new AtomicBoolean();
            final ByteBuffer buffer = region.buffer(region.address());
            final long[] lost = new long[1];
            final Thread writer = new Thread(() ->
            {
                // The very bytes that are touched; a lost write is one that reads back older.
                for (long value = 1; !done.get(); value++)
                {
                    final int at = (int)(value % 1000) * 4096;
                    buffer.putLong(at, value);
                    lost[0] += value == buffer.getLong(at) ? 0 : 1;
                }
            });
            writer.start();
            for (int i = 0; i < 30; i++)
            {
                region.preTouch(2, SILENT);
            }
            done.set(true);
            writer.join();
            assertEquals(0, lost[0]);
        }
        finally
        {
            Files.delete(file);
        }
    }

    @Test
    void shouldStopTouchingWhenProgressThrowsAndRefuseNoThreads()
    {
        try (Region region = Region.map(file, 64 << 20))
        {
            final List<Long> told = new ArrayList<>();
            final Exception ex = assertThrows(UnsupportedOperationException.class, () -> region.preTouch(1, (done) ->
            {
                told.add(done);
                throw new UnsupportedOperationException("enough");
            }));
            assertEquals("enough", ex.getMessage());
            assertEquals(1, told.size());
            final Exception none =
                assertThrows(IllegalArgumentException.class, () -> region.preTouch(0, SILENT));
            assertTrue(none.getMessage().contains("threads=0"), none.getMessage());
            region.zero(region.address(), 100);
        }
    }

    private static Path sharedMemory()
    {
        final Path shm = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(shm), "no shared-memory file system at " + shm);
        return shm;
    }

    private static void assertNames(final Exception ex, final long size, final String reason, final Path path)
    {
        for (final String part : new String[]{ "path=" + path, "size=" + size, reason })
        {
            assertTrue(ex.getMessage().contains(part), ex.getMessage());
        }
    }

    private void assertNames(final Exception ex, final long size, final String reason)
    {
        assertNames(ex, size, reason, file);
    }

    private static long zeroFrom(final Region region)
    {
        final RegionClaim claim = region.claim("test");
        final long from = claim.zeroFrom();
        claim.release(region.address());
        return from;
    }

    private static byte[] pattern(final int length)
    {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(1 + i % 251);
        }
        return bytes;
    }

    private static long allocatedKiB(final Path path) throws IOException, InterruptedException
    {
        final Process du = new ProcessBuilder("du", "-k", path.toString()).start();
        final String out = new String(du.getInputStream().readAllBytes());
        du.waitFor();
        return Long.parseLong(out.split("\\s")[0]);
    }

    /** Handles and mappings of this process whose file's path begins so. */
    static List<String> held(final String path)
    {
        final List<String> held = new ArrayList<>();
        final Path self = Path.of("/proc/self");
        if (!Files.exists(self))
        {
            return held;
        }
        try (Stream<Path> handles = Files.list(self.resolve("fd")); Stream<String> maps =
            Files.lines(self.resolve("maps")))
        {
            handles.map(RegionMapTest::target).filter(target -> target.startsWith(path)).forEach(held::add);
            maps.filter(line -> line.contains(" " + path)).forEach(held::add);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
        return held;
    }

    private static String target(final Path link)
    {
        try
        {
            return Files.readSymbolicLink(link).toString();
        }
        catch (final IOException ignore)
        {
            // Closed meanwhile: the handle of the listing itself.
            return "";
        }
    }
}
