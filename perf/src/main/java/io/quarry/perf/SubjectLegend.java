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

import io.quarry.alloc.Checks;

import java.io.PrintWriter;
import java.util.List;

/**
 * Says what figures are of: the machine, and what each kind of subject was given and asked.
 */
final class SubjectLegend
{
    private static final int WIDTH = 118;
    private static final String RESIDENT = "Held: what a process grows by in resident anonymous memory when every " +
        "page is touched, less exact than the others.";

    private final PrintWriter out;
    private final List<Subject> subjects;
    private final String region;
    private final String checks;

    SubjectLegend(final PrintWriter out, final List<Subject> subjects, final ReplaySettings settings)
    {
        this(
            out,
            subjects,
            0 == settings.regionSize() ? "twice the trace's peak live bytes" : settings.regionSize() + " bytes",
            Checks.ENABLED ? "on" : "off");
    }

    private SubjectLegend(
        final PrintWriter out, final List<Subject> subjects, final String region, final String checks)
    {
        this.out = out;
        this.subjects = subjects;
        this.region = region;
        this.checks = checks;
    }

    /** Of benchmarks: each says how large its region is, and the flags of its forks whether there are checks. */
    static SubjectLegend ofBenchmarks(final PrintWriter out, final List<Subject> subjects)
    {
        return new SubjectLegend(
            out, subjects, "at least 8 MiB and several times what lives", "on unless its flags say off");
    }

    void printMachine()
    {
        paragraph("Machine: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") +
            ", " + System.getProperty("os.name") + " on " + System.getProperty("os.arch") + ", " +
            Runtime.getRuntime().availableProcessors() + " processors.");
    }

    void printSubjects()
    {
        if (has(SubjectKind.QUARRY))
        {
            paragraph("Quarry: a region of " + region + ", touched beforehand; alignment 16 where none is asked " +
                "for; size and alignment given back at a free; blocks touched through the region's ByteBuffer; " +
                "misuse checks " + checks + "; buddy, concurrent-buddy and run alone with units of 64 bytes. Held: " +
                "up to the highest byte ever used, and all metadata.");
        }
        if (has(SubjectKind.NETTY))
        {
            paragraph("Netty 4.2: directBuffer, setByte, setZero, capacity, release, each allocator as made by " +
                "default, in a FastThreadLocalThread with its caches; an aligned block is cut from a larger one. " +
                "Held: bytes of its chunks." + flags(SubjectKind.NETTY));
        }
        if (has(SubjectKind.MALLOC))
        {
            paragraph("malloc: the C library's malloc, calloc, realloc, aligned_alloc and free, called through LWJGL " +
                "3.4; jemalloc, mimalloc and rpmalloc: the same calls of the libraries that LWJGL brings, in their " +
                "default settings, jemalloc's free with the size. " + RESIDENT + flags(SubjectKind.MALLOC));
        }
        printOthers();
    }

    private void printOthers()
    {
        if (has(SubjectKind.JDK))
        {
            paragraph("direct-buffer: ByteBuffer.allocateDirect, freed at once by its cleaner; agrona-aligned: " +
                "BufferUtil.allocateDirectAligned of Agrona 2.6, which only the garbage collector can free; arena: a " +
                "java.lang.foreign.Arena for each block, confined, or shared where there are several threads. A " +
                "resize allocates, copies and frees; all are zeroed. " + RESIDENT + flags(SubjectKind.JDK));
        }
        if (has(SubjectKind.ARROW))
        {
            paragraph("Arrow 19: RootAllocator.buffer over arrow-memory-unsafe, setByte, setZero, close; an aligned " +
                "block is cut from a larger one, and a resize allocates, copies and frees. " + RESIDENT +
                flags(SubjectKind.ARROW));
        }
        if (has(SubjectKind.TERRACOTTA))
        {
            paragraph("Terracotta offheap-store 2.5: OffHeapStorageArea in one page of the region's size, touched " +
                "beforehand; alignment 8 given, a larger one cut from a larger block; a resize allocates, copies and " +
                "frees. Held: not known." + flags(SubjectKind.TERRACOTTA));
        }
        if (has(SubjectKind.FLOOR))
        {
            paragraph("Floors: stack pops a number of a bare int[] for a block and pushes it for a free; loop does " +
                "nothing, at one fixed address.");
        }
    }

    /** Broken into lines, the later ones indented. */
    void paragraph(final String text)
    {
        final StringBuilder line = new StringBuilder();
        for (final String word : text.split(" "))
        {
            if (line.length() + 1 + word.length() > WIDTH)
            {
                out.println(line);
                line.setLength(0);
                line.append(' ');
            }
            line.append(0 == line.length() ? "" : " ").append(word);
        }
        out.println(line);
    }

    private boolean has(final SubjectKind kind)
    {
        return subjects.stream().anyMatch((subject) -> kind == subject.kind());
    }

    private static String flags(final SubjectKind kind)
    {
        final List<String> flags = kind.flags(Runtime.version().feature());
        return flags.isEmpty() ? "" : " Flags: " + String.join(" ", flags) + ".";
    }
}
