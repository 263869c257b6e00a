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
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file under a mapped region: made or opened, extended, mapped, and let go of; put back to what it was if that
 * fails. Afterwards only the mapping holds it.
 */
final class RegionFile
{
    private static final String HUGE_PAGES = "hugetlbfs";
    private static final String SHARED_MEMORY = "tmpfs";

    /** The largest page in common use: what lies behind the end of a file in its last page is not known. */
    private static final long PAGE = 1 << 16;

    private final Path path;
    private final RegionMemory memory;
    private final long dirtyTo;
    private final String storeType;

    private RegionFile(final Path path, final RegionMemory memory, final long dirtyTo, final String storeType)
    {
        this.storeType = storeType;
        this.path = path;
        this.memory = memory;
        this.dirtyTo = dirtyTo;
    }

    /**
     * Maps the first bytes of a file, which is made if there is none.
     *
     * @param path of the file.
     * @param size bytes, from 1 to {@link RegionMemory#MAX_SIZE}.
     * @return the file, mapped.
     */
    static RegionFile map(final Path path, final long size)
    {
        if (null == path)
        {
            throw new NullPointerException("path=null");
        }
        RegionMemory.checkSize(size, "path=" + path);
        try
        {
            return create(path) ? mapCreated(path, size) : map(path, size, false);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(named(path, size) + reason(ex), ex);
        }
    }

    RegionMemory memory()
    {
        return memory;
    }

    Path path()
    {
        return path;
    }

    /** Offset from which on the memory was zero when it was mapped: what the file had before ends there. */
    long dirtyTo()
    {
        return dirtyTo;
    }

    /** Whether the file is in memory only, where a page that is read is had for good. */
    boolean isTouchedByReading()
    {
        return SHARED_MEMORY.equals(storeType) || HUGE_PAGES.equals(storeType);
    }

    /**
     * What it means that the system had no memory behind an address.
     *
     * @param span  where, in words.
     * @param cause what the JVM said.
     * @return the exception.
     */
    UncheckedIOException fault(final String span, final InternalError cause)
    {
        final String message = named(path, memory.size()) + "no memory behind " + span + ": " + faultReason();
        return new UncheckedIOException(message, new IOException(message, cause));
    }

    private String faultReason()
    {
        try
        {
            final long present = Files.size(path);
            if (present < memory.size())
            {
                return "the file was truncated, to " + present + " bytes";
            }
            final FileStore store = Files.getFileStore(path);
            final long usable = store.getUsableSpace();
            return (usable < PAGE ? "the file system is full" : "the file system could not provide it") +
                " (" + store.type() + ", usable=" + usable + ")";
        }
        catch (final IOException ex)
        {
            return "the file can't be looked at: " + ex;
        }
    }

    private static boolean create(final Path path) throws IOException
    {
        try
        {
            Files.createFile(path);
            return true;
        }
        catch (final FileAlreadyExistsException ex)
        {
            return false;
        }
    }

    private static RegionFile mapCreated(final Path path, final long size) throws IOException
    {
        try
        {
            return map(path, size, true);
        }
        catch (final IOException | RuntimeException | Error ex)
        {
            delete(path, ex);
            throw ex;
        }
    }

    private static RegionFile map(final Path path, final long size, final boolean created) throws IOException
    {
        if (!Files.isRegularFile(path))
        {
            throw new FileSystemException(path.toString(), null, kind(path));
        }
        final String storeType = storeType(path, size);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE))
        {
            final long present = channel.size();
            try
            {
                final long dirtyTo = created ? 0 : Math.min(size, present + PAGE - 1 & -PAGE);
                return new RegionFile(path, RegionMemory.map(channel, size), dirtyTo, storeType);
            }
            catch (final IOException | RuntimeException | Error ex)
            {
                shorten(channel, present, ex);
                throw ex;
            }
        }
    }

    /** What there is in place of a file. */
    private static String kind(final Path path) throws IOException
    {
        if (Files.isDirectory(path))
        {
            return "it is a directory";
        }
        return Files.isSymbolicLink(path) && !Files.exists(path) ?
            "it is a symbolic link to nothing: target=" + Files.readSymbolicLink(path) : "it is not a regular file";
    }

    /** The kind of file system, if the system tells. */
    private static String storeType(final Path path, final long size)
    {
        try
        {
            final FileStore store = Files.getFileStore(path);
            if (HUGE_PAGES.equals(store.type()))
            {
                checkMultiple(path, size, store.getBlockSize());
            }
            return store.type();
        }
        catch (final IOException | UnsupportedOperationException ignore)
        {
            // Then the mapping itself will tell of pages.
            return "";
        }
    }

    /** Refuses what huge pages can't hold. */
    static void checkMultiple(final Path path, final long size, final long page)
    {
        if (0 != size % page)
        {
            throw new IllegalArgumentException(named(path, size) + "not a multiple of the huge page of " + page +
                " bytes that this file system (" + HUGE_PAGES + ") has");
        }
    }

    private static void shorten(final FileChannel channel, final long length, final Throwable cause)
    {
        try
        {
            channel.truncate(length);
        }
        catch (final IOException ex)
        {
            cause.addSuppressed(ex);
        }
    }

    private static void delete(final Path path, final Throwable cause)
    {
        try
        {
            Files.deleteIfExists(path);
        }
        catch (final IOException ex)
        {
            cause.addSuppressed(ex);
        }
    }

    private static String named(final Path path, final long size)
    {
        return "region of path=" + path + " size=" + size + ": ";
    }

    private static String reason(final IOException ex)
    {
        if (ex instanceof AccessDeniedException)
        {
            return "no permission to read and write it";
        }
        if (ex instanceof NoSuchFileException)
        {
            return "no such directory";
        }
        if (ex instanceof FileSystemException && null != ((FileSystemException)ex).getReason())
        {
            return ((FileSystemException)ex).getReason();
        }
        return ex.getCause() instanceof OutOfMemoryError ?
            "the system has no room for it (address space, limit of mappings, or huge pages)" : ex.getMessage();
    }
}
