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
package io.quarry.alloc.testing;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of the fuzzer, Jazzer, on one {@link FuzzContract}, in a JVM of its own. It starts from the scripts that are
 * kept, and from those of earlier runs.
 * <p>
 * {@code -Dquarry.fuzz.seconds} is how long it looks, {@code -Dquarry.fuzz.folder} where all goes that it writes: in a
 * folder of the contract's name the output, the scripts that reached something new, those with which the allocator
 * deviates, and {@code kept.txt}, which may replace the test resource.
 */
final class FuzzRun
{
    static final String FOLDER = "quarry.fuzz.folder";

    private static final int LONGEST_SCRIPT = 1501;
    private static final int MADE_UP = 60;
    private static final Pattern STATUS = Pattern.compile("^#\\d+\\s+(INITED|DONE|pulse).* corp: .*");
    private static final Pattern FINDING = Pattern.compile("^== Java Exception: .*|^Base64: .*|.*Deviation: .*");

    private final Class<? extends FuzzContract> contract;
    private final Path folder;
    private final Path kept;
    private final Path found;

    FuzzRun(final Class<? extends FuzzContract> contract) throws IOException
    {
        this.contract = contract;
        folder = Path.of(System.getProperty(FOLDER), contract.getSimpleName());
        kept = Files.createDirectories(folder.resolve("kept"));
        found = Files.createDirectories(folder.resolve("found"));
    }

    /** The scripts kept for a contract, each a line of Base64. */
    static List<String> kept(final Class<? extends FuzzContract> contract) throws IOException
    {
        final String name = "/fuzz/" + contract.getSimpleName() + ".txt";
        try (InputStream stream = contract.getResourceAsStream(name))
        {
            return null == stream ? List.of() : new String(stream.readAllBytes(), StandardCharsets.US_ASCII).lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#")).collect(Collectors.toList());
        }
    }

    /** Looks for a script with which the allocator deviates. */
    void fuzz() throws IOException, InterruptedException
    {
        int number = 0;
        for (final String script : kept(contract))
        {
            Files.write(kept.resolve("kept-" + number++), Base64.getDecoder().decode(script));
        }
        makeUp();
        final int status = jazzer("fuzz.log",
            "-max_total_time=" + System.getProperty("quarry.fuzz.seconds"), "-print_final_stats=1",
            found.toString(), kept.toString());
        if (0 != status)
        {
            throw new AssertionError("status=" + status + ": wanted 0; see " + folder.resolve("fuzz.log"));
        }
    }

    /** Long ones to start from as well: no script is made longer than the longest of these. */
    private void makeUp() throws IOException
    {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < MADE_UP; i++)
        {
            final byte[] script = new byte[LONGEST_SCRIPT >> i % 6];
            random.nextBytes(script);
            Files.write(kept.resolve("made-up-" + i), script);
        }
    }

    /** Writes short scripts that between them take every branch that was taken. Returns how many they are. */
    int keep() throws IOException, InterruptedException
    {
        final Path control = folder.resolve("merge.txt");
        Files.deleteIfExists(control);
        final Path merged = Files.createDirectories(folder.resolve("merged"));
        for (final Path file : files(merged))
        {
            Files.delete(file);
        }
        final int status = jazzer("merge.log",
            "-merge=1", "-merge_control_file=" + control, merged.toString(), found.toString(), kept.toString());
        if (0 != status)
        {
            throw new AssertionError("status=" + status + ": wanted 0; see " + folder.resolve("merge.log"));
        }
        final List<String> lines = new ArrayList<>();
        for (final Path script : takingNewBranches(Files.readAllLines(control)))
        {
            lines.add(Base64.getEncoder().encodeToString(Files.readAllBytes(script)));
        }
        lines.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
        Files.write(folder.resolve("kept.txt"), lines);
        System.out.println(contract.getSimpleName() + ": " + lines.size() + " scripts take every branch that is taken");
        return lines.size();
    }

    /**
     * Of a control file of libFuzzer's: how many scripts, how many of them not to be read here, their paths, and then
     * of each, the short ones first, the branches that none before it took.
     */
    private static List<Path> takingNewBranches(final List<String> control)
    {
        final int count = Integer.parseInt(control.get(0));
        final List<Path> taking = new ArrayList<>();
        for (final String line : control.subList(2 + count, control.size()))
        {
            final String[] fields = line.split(" ");
            if ("COV".equals(fields[0]) && fields.length > 2)
            {
                taking.add(Path.of(control.get(2 + Integer.parseInt(fields[1]))));
            }
        }
        return taking;
    }

    private static List<Path> files(final Path folder) throws IOException
    {
        try (Stream<Path> files = Files.list(folder))
        {
            return files.collect(Collectors.toList());
        }
    }

    private int jazzer(final String log, final String... arguments) throws IOException, InterruptedException
    {
        final List<String> command = new ArrayList<>(List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g", "-XX:+UseSerialGC", "-XX:+EnableDynamicAgentLoading",
            "-cp", System.getProperty("java.class.path"),
            "com.code_intelligence.jazzer.Jazzer",
            "--target_class=" + FuzzTarget.class.getName(),
            "--target_args=" + contract.getName(),
            // What is to be reached: the library, and not the model.
            "--instrumentation_includes=io.quarry.alloc.**",
            "--instrumentation_excludes=io.quarry.alloc.testing.**",
            "--custom_hook_excludes=**",
            "--reproducer_path=" + folder,
            "-artifact_prefix=" + folder + "/",
            "-max_len=" + LONGEST_SCRIPT, "-len_control=0",
            // A machine with other work on it may take long for the first script, while classes are instrumented.
            "-timeout=600", "-rss_limit_mb=0"));
        command.addAll(List.of(arguments));
        final Path file = folder.resolve(log);
        final Process process =
            new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        try (BufferedReader lines = new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            BufferedWriter out = Files.newBufferedWriter(file))
        {
            for (String line = lines.readLine(); null != line; line = lines.readLine())
            {
                out.write(line);
                out.newLine();
                if (STATUS.matcher(line).matches() || FINDING.matcher(line).matches())
                {
                    System.out.println(contract.getSimpleName() + " " + line);
                }
            }
        }
        return process.waitFor();
    }
}
