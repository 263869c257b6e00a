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

import io.quarry.alloc.testing.ConformanceScript;
import io.quarry.alloc.testing.Deviation;
import io.quarry.alloc.testing.LayoutVectors;
import io.quarry.alloc.testing.MalformedScriptException;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Runs folders of layout vectors and allocator scripts, each script on each allocator, and prints what deviates.
 */
final class ConformRun
{
    /** Beside the scripts: their list, not a vector. */
    private static final String MANIFEST = "manifest.tsv";

    private final PrintWriter out;
    private final List<ConformSubject> subjects;
    private int fileCount;
    private long checkCount;
    private int deviationCount;

    ConformRun(final PrintWriter out, final List<ConformSubject> subjects)
    {
        this.out = out;
        this.subjects = subjects;
    }

    /**
     * Runs the folders.
     *
     * @param folders of files, in the order they are run.
     * @return exit status: 0, or 1 if something deviates.
     * @throws CommandError if a folder or a file in it can't be read, or is at odds with itself; unless it is a file,
     *                      before anything was run.
     */
    int run(final List<Path> folders)
    {
        final List<Path> all = new ArrayList<>();
        folders.forEach((folder) -> all.addAll(files(folder)));
        for (final Path file : all)
        {
            fileCount++;
            if (isVectors(file))
            {
                runVectors(file);
            }
            else
            {
                runScript(file);
            }
            out.flush();
        }
        out.println(fileCount + " files, " + checkCount + " rows and operations: " +
            (0 == deviationCount ? "all conform" : deviationCount + " deviate"));
        out.flush();
        return 0 == deviationCount ? 0 : CommandError.DEVIATION;
    }

    private static boolean isVectors(final Path file)
    {
        return file.toString().endsWith(LayoutVectors.SUFFIX);
    }

    private static TreeSet<Path> files(final Path folder)
    {
        if (!Files.isDirectory(folder))
        {
            throw new CommandError(CommandError.USAGE, folder + ": no such folder");
        }
        final TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "*.{tsv,txt,txt.gz}"))
        {
            stream.forEach(files::add);
        }
        catch (final IOException ex)
        {
            throw new CommandError(CommandError.USAGE, folder + ": can't be read: " + CommandError.reason(ex));
        }
        files.removeIf((file) -> MANIFEST.equals(file.getFileName().toString()));
        if (files.isEmpty())
        {
            throw new CommandError(CommandError.USAGE,
                folder + ": neither layout vectors (.tsv) nor allocator scripts (.txt, .txt.gz) in it");
        }
        return files;
    }

    private void runVectors(final Path file)
    {
        try
        {
            final LayoutVectors.Report report = LayoutVectors.run(file);
            checkCount += report.rowCount();
            report.deviations().forEach((deviation) -> deviates(deviation.toString()));
            out.println(file.getFileName() + ": " + report.rowCount() + " rows, " +
                (report.deviations().isEmpty() ? "all conform" : report.deviations().size() + " deviate"));
        }
        catch (final LayoutVectors.BadVectorException ex)
        {
            throw new CommandError(CommandError.USAGE, ex.getMessage());
        }
        catch (final IOException ex)
        {
            throw new CommandError(CommandError.USAGE, file + ": can't be read: " + CommandError.reason(ex));
        }
    }

    private void runScript(final Path file)
    {
        final ConformanceScript script;
        try
        {
            script = ConformanceScript.read(file);
        }
        catch (final MalformedScriptException ex)
        {
            throw new CommandError(CommandError.USAGE, ex.getMessage());
        }
        for (final ConformSubject subject : subjects)
        {
            final int before = deviationCount;
            runScript(script, subject);
            out.println(file.getFileName() + " on " + subject.label() + ": " + script.operationCount() +
                " operations, " + (before == deviationCount ? "all conform" : "deviates"));
        }
    }

    private void runScript(final ConformanceScript script, final ConformSubject subject)
    {
        try
        {
            final long blocks =
                subject.run(script.regionSize(), (allocator) -> checkCount += script.run(allocator));
            if (0 != blocks)
            {
                deviates(script.name() + ": after all was freed: wanted liveBlocks=0, got liveBlocks=" + blocks);
            }
        }
        catch (final MalformedScriptException ex)
        {
            throw new CommandError(CommandError.USAGE, ex.getMessage());
        }
        catch (final Deviation ex)
        {
            deviates(ex.getMessage());
        }
        catch (final OutOfMemoryError | RuntimeException ex)
        {
            deviates(script.name() + ": wanted no exception, got " + ex);
        }
    }

    private void deviates(final String what)
    {
        deviationCount++;
        out.println("DEVIATES " + what);
    }
}
