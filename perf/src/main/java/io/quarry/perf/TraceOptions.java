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

import io.quarry.alloc.buddy.RunAllocator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;

/**
 * What commands that replay traces ask for alike.
 */
final class TraceOptions
{
    private static final int FIRST_JDK_WITH_LARGE_REGIONS = 22;

    /** As many as the least unit has room for in a table. */
    private static final long MOST_REGION = 64L * (Integer.MAX_VALUE - 8);

    /** The unit of a run allocator as slabs stand on it: the smallest region that every stack can be made over. */
    private static final int LEAST_REGION = RunAllocator.DEFAULT_UNIT_SIZE;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
        paramLabel = "TRACE",
        arity = "1..*",
        description = "A file in the trace format, or the name of a bundled or made-up trace.")
    private List<String> traces;

    @Option(
        names = "--warm-up",
        paramLabel = "MS",
        description = "Milliseconds of passes before the clock starts. Default: ${DEFAULT-VALUE}.")
    private int warmUpMs = ReplaySettings.WARM_UP_MS;

    @Option(
        names = "--region",
        paramLabel = "SIZE",
        converter = ByteCount.class,
        description = "Bytes of region for Quarry's allocators; K, M or G may follow. Default: twice the peak of the " +
            "trace's live bytes.")
    private Long regionSize;

    List<String> traces()
    {
        return traces;
    }

    int warmUpMs()
    {
        return warmUpMs;
    }

    /** Bytes, or 0 for what the trace calls for. */
    long regionSize()
    {
        return null == regionSize ? 0 : regionSize;
    }

    /** Refuses what is out of range. */
    void check()
    {
        if (warmUpMs < 0)
        {
            throw new ParameterException(spec.commandLine(), "--warm-up=" + warmUpMs + ": at least 0 wanted");
        }
        final long mostRegion =
            Runtime.version().feature() < FIRST_JDK_WITH_LARGE_REGIONS ? Integer.MAX_VALUE : MOST_REGION;
        if (null != regionSize && (regionSize < LEAST_REGION || regionSize > mostRegion))
        {
            throw new ParameterException(spec.commandLine(), "--region=" + regionSize + ": wanted " + LEAST_REGION +
                " to " + mostRegion + " bytes" + (MOST_REGION == mostRegion ? "" : " before JDK 22"));
        }
    }
}
