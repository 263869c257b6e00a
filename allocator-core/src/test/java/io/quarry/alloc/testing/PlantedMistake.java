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

import io.quarry.alloc.Region;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

import static io.quarry.alloc.testing.PlantedMistake.Tool.BYTES;
import static io.quarry.alloc.testing.PlantedMistake.Tool.CONFORMANCE;
import static io.quarry.alloc.testing.PlantedMistake.Tool.CONTRACT;
import static io.quarry.alloc.testing.PlantedMistake.Tool.SCRIPT;

/**
 * The mistakes that writers of allocators make, each planted into {@link FirstFitAllocator}, and which tools of the
 * kit must find it. The comments name what is broken: an entry of the contract, or the rule for misuse.
 */
enum PlantedMistake
{
    NONE(FirstFitAllocator::new),

    /** A8. */
    FREES_BY_PASSED_SIZE(BookkeepingMistakes.FreesByPassedSize::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15. */
    GROW_IGNORES_ALIGNMENT(ResizeMistakes.GrowIgnoresAlignment::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15. */
    EQUAL_SIZE_IS_NO_RESIZE(ResizeMistakes.EqualSizeIsNoResize::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A17. */
    SHRINK_IGNORES_ALIGNMENT(ResizeMistakes.ShrinkIgnoresAlignment::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A3. */
    KEEPS_FIRST_SIZE(ResizeMistakes.KeepsFirstSize::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A16. */
    GROW_ZEROED_FROM_OLD_LENGTH(ContentMistakes.GrowZeroedFromOldLength::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A13. */
    ZEROES_REQUESTED_BYTES_ONLY(ContentMistakes.ZeroesRequestedBytesOnly::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A13. */
    TRUSTS_REUSED_MEMORY(ContentMistakes.TrustsReusedMemory::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A13. */
    ZEROES_USED_MEMORY_BY_START(ContentMistakes.ZeroesUsedMemoryByStart::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15. */
    FAILED_GROW_HAS_FREED(ResizeMistakes.FailedGrowHasFreed::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15, A16. */
    FAILED_GROW_SCRIBBLES(ResizeMistakes.FailedGrowScribbles::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A9. */
    NULL_FOR_SIZE_ZERO(BookkeepingMistakes.NullForSizeZero::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A9. */
    FREES_EMPTY_BLOCKS(BookkeepingMistakes.FreesEmptyBlocks::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** S4. */
    SHRINK_TO_ZERO_LEAKS(ResizeMistakes.ShrinkToZeroLeaks::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A17. */
    SHRINK_COPIES_OLD_SIZE(ResizeMistakes.ShrinkCopiesOldSize::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A12. */
    NARROWS_TO_INT(ContentMistakes.NarrowsToInt::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A12. */
    ROUNDS_UP_FIRST(ContentMistakes.RoundsUpFirst::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A5. */
    MISALIGNS_ABOVE_UNIT(ContentMistakes.MisalignsAboveUnit::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A5. */
    OVERLAPS(ContentMistakes.Overlaps::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A4, A5. */
    REPORTS_TOO_MUCH(ContentMistakes.ReportsTooMuch::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A6. */
    WRITES_BESIDE_BLOCKS(ContentMistakes.WritesBesideBlocks::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A12: a region of four times what lives must do. */
    FAILS_TOO_EARLY(ContentMistakes.FailsTooEarly::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15. */
    MOVE_LOSES_LAST_BYTE(ResizeMistakes.MoveLosesLastByte::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** A15: the size passed counts. */
    MOVE_KEEPS_FIRST_SIZE_ONLY(ResizeMistakes.MoveKeepsFirstSizeOnly::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** The region must be whole again. */
    SHRINK_LOSES_TAIL(ResizeMistakes.ShrinkLosesTail::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** No is no. */
    TRY_RESIZE_GROWS_HALFWAY(ResizeMistakes.TryResizeGrowsHalfway::new, CONTRACT, SCRIPT, BYTES),
    /** The region must be whole again. */
    NEVER_MERGES(BookkeepingMistakes.NeverMerges::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** The region must be whole again. */
    MERGES_WITHOUT_RIGHT(BookkeepingMistakes.MergesWithoutRight::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** Statistics. */
    COUNTS_FAILURES(BookkeepingMistakes.CountsFailures::new, CONTRACT, SCRIPT, BYTES, CONFORMANCE),
    /** Misuse. */
    TAKES_SECOND_FREE(BookkeepingMistakes.TakesSecondFree::new, CONTRACT, SCRIPT, BYTES),
    /** Misuse. */
    HANDS_OUT_TWICE(BookkeepingMistakes.HandsOutTwice::new, CONTRACT, SCRIPT, BYTES),
    /** Misuse. */
    TAKES_INTERIOR_ADDRESSES(BookkeepingMistakes.TakesInteriorAddresses::new, CONTRACT, SCRIPT, BYTES),
    /** Misuse. */
    TAKES_TOO_LARGE_SIZES(BookkeepingMistakes.TakesTooLargeSizes::new, CONTRACT, SCRIPT, BYTES),
    /** Misuse. */
    TAKES_ANY_ALIGNMENT(BookkeepingMistakes.TakesAnyAlignment::new, CONTRACT, SCRIPT, BYTES),
    /** What it says of itself. */
    GOOD_SIZE_IS_SIZE(AnswerMistakes.GoodSizeIsSize::new, CONTRACT, BYTES),
    /** What it says of itself. */
    MAX_SIZE_IS_CAPACITY(AnswerMistakes.MaxSizeIsCapacity::new, CONTRACT),
    /** What it says of itself. */
    MAX_SIZE_IS_WHAT_IS_FREE(AnswerMistakes.MaxSizeIsWhatIsFree::new, CONTRACT),
    /** What it says of itself. */
    DIAGNOSES_BY_THE_LONGEST_RUN(AnswerMistakes.DiagnosesByTheLongestRun::new, CONTRACT, BYTES),
    /** What it says of itself. */
    DIAGNOSES_BY_TAKING(AnswerMistakes.DiagnosesByTaking::new, CONTRACT, BYTES),
    /** What it says of itself. */
    CALLS_ALL_FAILURES_EXHAUSTION(AnswerMistakes.CallsAllFailuresExhaustion::new, CONTRACT, BYTES),
    /** Batches. */
    BATCH_IS_ALL_OR_NOTHING(AnswerMistakes.BatchIsAllOrNothing::new, CONTRACT, BYTES),
    /** Batches. */
    BATCH_BEGINS_AT_ZERO(AnswerMistakes.BatchBeginsAtZero::new, CONTRACT, BYTES),
    /** Batches. */
    BATCH_CLEARS_THE_REST(AnswerMistakes.BatchClearsTheRest::new, CONTRACT, BYTES),
    /** Batches. */
    BATCH_LEAVES_FREED_ENTRIES(AnswerMistakes.BatchLeavesFreedEntries::new, CONTRACT, BYTES),
    /** Batches. */
    BATCH_SKIPS_MISUSE(AnswerMistakes.BatchSkipsMisuse::new, CONTRACT),
    /** Batches. */
    BATCH_CHECKS_NO_RANGE(AnswerMistakes.BatchChecksNoRange::new, CONTRACT),
    /** G7. */
    GLOBAL_ALLOC_THROWS(BookkeepingMistakes.GlobalAllocThrows::new, CONTRACT, SCRIPT, BYTES),
    /** Close. */
    WORKS_AFTER_CLOSE(BookkeepingMistakes.WorksAfterClose::new, CONTRACT);

    enum Tool
    {
        CONTRACT, SCRIPT,
        /** Scripts that random bytes tell: what a fuzzer does at the least. */
        BYTES,
        CONFORMANCE
    }

    final Set<Tool> caughtBy;

    private final Function<Region, FirstFitAllocator> constructor;

    PlantedMistake(final Function<Region, FirstFitAllocator> constructor, final Tool... caughtBy)
    {
        this.constructor = constructor;
        this.caughtBy = EnumSet.noneOf(Tool.class);
        this.caughtBy.addAll(Set.of(caughtBy));
    }

    FirstFitAllocator over(final Region region)
    {
        return constructor.apply(region);
    }
}
