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

    private final PrintWriter out;
    private final List<Subject> subjects;
    private final ReplaySettings settings;

    SubjectLegend(final PrintWriter out, final List<Subject> subjects, final ReplaySettings settings)
    {
        this.out = out;
        this.subjects = subjects;
        this.settings = settings;
    }

    void printMachine()
    {
        paragraph("Machine: " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") +
            ", " + System.getProperty("os.name") + " on " + System.getProperty("os.arch") + ", " +
            Runtime.getRuntime().availableProcessors() + " processors.");
    }

    void printSubjects()
    {
        if (has(Subject.Kind.QUARRY))
        {
            paragraph("Quarry: a region of " + (0 == settings.regionSize() ? "twice the trace's peak live bytes" :
                settings.regionSize() + " bytes") + ", touched beforehand; alignment 16 where none " +
                "is asked for; size and " +
                "alignment given back at a free; blocks touched through the region's ByteBuffer; misuse checks " +
                (Checks.ENABLED ? "on" : "off") + "; buddy, concurrent-buddy and run alone with units of 64 " +
                "bytes. Held: up to the highest byte ever used, and all metadata.");
        }
        if (has(Subject.Kind.NETTY))
        {
            paragraph("Netty 4.2: directBuffer, setByte, setZero, capacity, release, each allocator as made by " +
                "default, in a FastThreadLocalThread with its caches; an aligned block is cut from a larger one. " +
                "Held: bytes of its chunks." + flags(Subject.Kind.NETTY));
        }
        if (has(Subject.Kind.MALLOC))
        {
            paragraph("malloc: the C library's malloc, calloc, realloc, aligned_alloc and free, called through LWJGL " +
                "3.4. Held: what a process grows by in resident anonymous memory when every page is touched, less " +
                "exact than the others." + flags(Subject.Kind.MALLOC));
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

    private boolean has(final Subject.Kind kind)
    {
        return subjects.stream().anyMatch((subject) -> kind == subject.kind());
    }

    private static String flags(final Subject.Kind kind)
    {
        return " Flags: " + String.join(" ", kind.flags(Runtime.version().feature())) + ".";
    }
}
