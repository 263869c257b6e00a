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

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code quarry conform}: outcomes recorded from Rust, run here.
 */
@Command(
    name = "conform",
    mixinStandardHelpOptions = true,
    versionProvider = Quarry.Version.class,
    description = "Runs folders of layout vectors and allocator scripts, and prints what deviates.")
final class ConformCommand implements Callable<Integer>
{
    @Spec
    private CommandSpec spec;

    @Parameters(
        paramLabel = "DIR",
        arity = "1..*",
        description = "Folders of layout vectors (.tsv) or of allocator scripts (.txt, .txt.gz), or of both; " +
            "folders in them are not looked into.")
    private List<Path> folders;

    @Option(
        names = "--allocator",
        paramLabel = "NAME",
        split = ",",
        description = "For scripts: allocators, separated by commas: slab, slab-buddy, buddy, run, " +
            "concurrent-slab, concurrent-buddy, system, global, arena, fallback, synchronized, " +
            "tracing, adapter. Default: all.")
    private List<String> allocators;

    @Override
    public Integer call()
    {
        return new ConformRun(spec.commandLine().getOut(), ConformSubject.named(allocators)).run(folders);
    }
}
