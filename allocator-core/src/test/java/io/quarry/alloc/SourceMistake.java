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

/**
 * Mistakes of one line or two, each in one class of the library, and the test that must find it. Where the behaviour
 * is in static state, or in the class under test itself, no broken subclass could be given to the test: so the source
 * is changed, compiled and run, by {@link SourceMistakesTest}. The mistakes of an allocator of one region are
 * {@code PlantedMistake}.
 */
enum SourceMistake
{
    TEXT_OF_ITS_OWN("E1", "LayoutError",
        "invalid parameters to Layout::from_size_align",
        "invalid layout",
        "LayoutTest", "shouldThrowTheOneError"),
    ERRORS_DIFFER("E2", "AllocError",
        "return other instanceof AllocError;",
        "return this == other;",
        "testing.FirstFitAllocatorTest", "e02ShouldTellTheErrorsApartOnlyOnRequest"),
    NEVER_UNSUPPORTED("E2", "ExactAllocator",
        "return null == allocator ? AllocError.exhausted() : AllocError.reasonOf(allocator, size, " +
        "alignment);",
        "return AllocError.exhausted();",
        "ExactAllocatorTest", "e02ShouldFailForTheReasonThatIsDiagnosed"),
    OTHER_ERROR_WHEN_EXHAUSTED("E3", "AbstractRegionAllocator",
        "throw failure(size, alignment);",
        "throw new OutOfMemoryError();",
        "testing.FirstFitAllocatorTest", "e03ShouldFailWithoutHarmWhenExhausted"),
    FUNCTION_LOSES_ALIGNMENT("F1", "Alloc",
        "return GlobalRegistration.allocator().alloc(size, alignment);",
        "return GlobalRegistration.allocator().alloc(size, 1);",
        "GlobalTest", "f01ShouldForwardToTheDefaultAllocator"),
    FUNCTION_FREES_NOTHING("F1", "Alloc",
        "        GlobalRegistration.allocator().dealloc(address, size, alignment);",
        "        assert size > 0;",
        "GlobalTest", "f01ShouldForwardToTheDefaultAllocator"),
    FUNCTION_ZEROES_NOTHING("F1", "Alloc",
        "return GlobalRegistration.allocator().allocZeroed(size, alignment);",
        "return GlobalRegistration.allocator().alloc(size, alignment);",
        "GlobalTest", "f01ShouldCallTheMethodOfTheSameName"),
    FUNCTION_TAKES_SIZE_ZERO("F1", "Alloc",
        "return GlobalRegistration.allocator().alloc(size, alignment);",
        "return 0 == size ? alignment : GlobalRegistration.allocator().alloc(size, alignment);",
        "GlobalTest", "f01ShouldRefuseSizeZeroAsTheLowerContractDoes"),
    FUNCTION_THROWS("F1", "Alloc",
        "return GlobalRegistration.allocator().alloc(size, alignment);",
        "return Global.INSTANCE.allocate(size, alignment);",
        "GlobalTest", "f01ShouldReturnNullWhereGlobalThrows"),
    FUNCTIONS_APART("F2", "Alloc",
        "return GlobalRegistration.allocator().alloc(size, alignment);",
        "return new SystemAllocator(new SystemBudget(1 << 30), false).alloc(size, alignment);",
        "GlobalTest", "f02ShouldExchangeBlocksWithGlobal"),
    LOST_BLOCKS_ARE_FREED("F3", "Alloc",
        "        return GlobalRegistration.allocator().alloc(size, alignment);",
        "        final long address = GlobalRegistration.allocator().alloc(size, alignment);\n" +
        "        dealloc(address, size, alignment);\n" +
        "        return address;",
        "GlobalTest", "f03ShouldKeepABlockThatIsLost"),
    ALLOC_OF_NOTHING("G1", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "        return takeBlock(size, alignment);",
        "testing.FirstFitAllocatorTest", "g01ShouldRefuseSizeZero"),
    ALLOC_LOSES_ALIGNMENT("G1", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, 1);",
        "testing.FirstFitAllocatorTest", "g01g02ShouldAllocateAndFreeWithTheSameLayout"),
    DEALLOC_FREES_NOTHING("G2", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        returnBlock(address, size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);",
        "testing.FirstFitAllocatorTest", "g01g02ShouldAllocateAndFreeWithTheSameLayout"),
    ALLOC_ZEROED_IS_ALLOC("G3", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeZeroedBlock(size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "testing.FirstFitAllocatorTest", "g03ShouldZeroTheSizeThatWasAskedFor"),
    DEFAULT_LEAVES_A_BYTE("G3", "GlobalAlloc",
        "regionOf(address).zero(address, size);",
        "regionOf(address).zero(address, size - 1);",
        "ExactAllocatorTest", "g03ShouldZeroByDefault"),
    REALLOC_KEEPS_LAYOUT("G4", "AbstractRegionAllocator",
        "        return resizeBlock(address, length, newSize) ?\n" +
        "            address : tryMove(address, size, alignment, size, newSize, alignment);",
        "        return address;",
        "testing.FirstFitAllocatorTest", "g04ShouldFreeWithTheLayoutThatAReallocLeft"),
    REALLOC_LOSES_A_BYTE("G5", "AbstractRegionAllocator",
        "address : tryMove(address, size, alignment, size, newSize, alignment);",
        "address : tryMove(address, size, alignment, size - 1, newSize, alignment);",
        "testing.FirstFitAllocatorTest", "g05ShouldKeepTheLesserOfBothSizesWhenReallocating"),
    REALLOC_FREES_AND_FAILS("G5", "AbstractRegionAllocator",
        "        // The search may have given back what was cached, and with it the memory next to the " +
        "block.\n",
        "        returnBlock(address, oldSize, oldAlignment);\n",
        "testing.FirstFitAllocatorTest", "g05ShouldKeepTheBlockWhenReallocFails"),
    DEFAULT_FREES_AND_FAILS("G5", "GlobalAlloc",
        "        if (Allocator.NULL != moved)\n",
        "        if (Allocator.NULL == moved)\n" +
        "        {\n" +
        "            dealloc(address, size, alignment);\n" +
        "        }\n" +
        "        else\n",
        "ExactAllocatorTest", "g05ShouldReallocateByDefault"),
    MOVED_BLOCK_LIVES("G6", "AbstractRegionAllocator",
        "                copyBytes(address, moved, keptSize);\n" +
        "                returnBlock(address, oldSize, oldAlignment);",
        "                copyBytes(address, moved, keptSize);",
        "testing.FirstFitAllocatorTest", "g06ShouldTakeABlockForLiveUntilItIsFreedOrMoved"),
    ALLOC_THROWS("G7", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return orFailure(takeBlock(size, alignment), size, alignment);",
        "testing.FirstFitAllocatorTest", "g07g08ShouldReturnNullAndThrowNothing"),
    ADAPTER_THROWS("G7", "GlobalAllocAdapter",
        "            return target.allocate(size, alignment);\n" +
        "        }\n" +
        "        catch (final AllocError ex)\n" +
        "        {\n" +
        "            return Allocator.NULL;",
        "            return target.allocate(size, alignment);\n" +
        "        }\n" +
        "        catch (final AllocError ex)\n" +
        "        {\n" +
        "            throw ex;",
        "ExactAllocatorTest", "g01g07g08ShouldReturnNullWhereTheTargetThrows"),
    UNSUPPORTED_IS_REFUSED("G8", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        if (alignment > maxSize())\n" +
        "        {\n" +
        "            throw new IllegalArgumentException();\n" +
        "        }\n" +
        "        return takeBlock(size, alignment);",
        "testing.FirstFitAllocatorTest", "g07g08ShouldReturnNullAndThrowNothing"),
    EQUAL_CALLS_ARE_ONE("G9", "AbstractRegionAllocator",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return takeBlock(size, alignment);",
        "        LayoutChecks.nonEmpty(\"size\", size, alignment);\n" +
        "        return 2 < stats().liveBlocks() ? region().address() : takeBlock(size, alignment);",
        "testing.FirstFitAllocatorTest", "g09ShouldDropNoCallWhoseBlockIsNotUsed"),
    PROVIDER_COMES_BACK("G10", "GlobalRegistration",
        "        if (caller.isProvider())",
        "        if (caller.isProvider() && null == maker)",
        "GlobalRegistrationTest", "g10ShouldRefuseAProviderThatUsesGlobalWhenMade"),
    LOOP_UNSEEN("G10", "GlobalRegistration",
        "        if (GlobalLoop.isClosedBy(choice.allocator))",
        "        if (choice.allocator instanceof GlobalAllocAdapter adapter && adapter.target() " +
        "instanceof Global)",
        "GlobalRegistrationTest", "g10ShouldRefuseAnAllocatorThatGoesToGlobal"),
    ONE_THREAD_IS_REGISTERED("G11", "GlobalRegistration",
        "        if (!choice.allocator.isThreadSafe())",
        "        if (choice.source.isEmpty())",
        "GlobalRegistrationTest", "r03g11ShouldRefuseAnAllocatorThatIsNotThreadSafe"),
    RETURNS("H1", "Alloc",
        "        throw new OffHeapMemoryError(layout);",
        "        return new OffHeapMemoryError(layout);",
        "AllocErrorHookTest", "h01ShouldCallTheHookAndNeverReturn"),
    CATCHES_WHAT_THE_HOOK_THROWS("H1", "Alloc",
        "        HOOK.get().onAllocError(layout);",
        "        try\n" +
        "        {\n" +
        "            HOOK.get().onAllocError(layout);\n" +
        "        }\n" +
        "        catch (final Throwable ignored)\n" +
        "        {\n" +
        "            assert true;\n" +
        "        }",
        "AllocErrorHookTest", "h01ShouldLetThroughWhatTheHookThrows"),
    HALTS_WITH_ANOTHER_STATUS("H1", "Alloc",
        "ABORTED = 134",
        "ABORTED = 1",
        "AllocErrorHookTest", "h01ShouldHaltWithTheStatusOfAnAbortWhereThatIsAskedFor"),
    USES_THE_HOOK_UP("H2", "Alloc",
        "HOOK.get().onAllocError",
        "HOOK.getAndSet(DEFAULT_HOOK).onAllocError",
        "AllocErrorHookTest", "h02ShouldKeepTheHookAfterUse"),
    PRINTS_TO_A_STREAM_OF_THE_USER("H3", "DefaultAllocErrorHook",
        "            err.write(line, 0, BEFORE.length + digits + AFTER.length);",
        "            System.err.write(line, 0, BEFORE.length + digits + AFTER.length);\n" +
        "            err.flush();",
        "AllocErrorHookTest", "h03ShouldWriteOneLineByDefaultWhateverSystemErrIs"),
    CUTS_LONG_SIZES("H3", "DefaultAllocErrorHook",
        "long rest = number / TEN;",
        "long rest = (int)number / TEN;",
        "AllocErrorHookTest", "h03ShouldWriteSizesOfAnyLength"),
    SETS_ONCE("H4", "Alloc",
        "HOOK.set(Objects.requireNonNull(hook, \"hook\"));",
        "HOOK.compareAndSet(DEFAULT_HOOK, Objects.requireNonNull(hook, \"hook\"));",
        "AllocErrorHookTest", "h04ShouldReplaceTheHook"),
    TAKE_IS_GET("H5", "Alloc",
        "return HOOK.getAndSet(DEFAULT_HOOK);",
        "return HOOK.get();",
        "AllocErrorHookTest", "h05ShouldGiveTheHookAndPutTheDefaultBack"),
    TAKES_NULL("H5", "Alloc",
        "return HOOK.getAndSet(DEFAULT_HOOK);",
        "final AllocErrorHook hook = HOOK.getAndSet(DEFAULT_HOOK);\n" +
        "        return DEFAULT_HOOK == hook ? null : hook;",
        "AllocErrorHookTest", "h05ShouldGiveTheHookAndPutTheDefaultBack"),
    DEFAULT_HOOK_ENDS_THE_PROGRAM("H6", "DefaultAllocErrorHook",
        "        final int digits = putDigits",
        "        Runtime.getRuntime().halt(1);\n" +
        "        final int digits = putDigits",
        "AllocErrorHookTest", "h06ShouldDoNoHarmWhenTakenAndCalledWithoutAFailure"),
    ALLOCATOR_CALLS_THE_HOOK("H7", "ExactAllocator",
        "        final long address = target().alloc(size, alignment);\n" +
        "        if (NULL == address)\n" +
        "        {\n" +
        "            throw failure(size, alignment);",
        "        final long address = target().alloc(size, alignment);\n" +
        "        if (NULL == address)\n" +
        "        {\n" +
        "            Alloc.takeAllocErrorHook().onAllocError(new Layout(size, alignment));\n" +
        "            throw failure(size, alignment);",
        "AllocErrorHookTest", "h07ShouldNotBeCalledByAnAllocatorThatFails"),
    NOT_FOR_SIZE_ZERO("H8", "Alloc",
        "        HOOK.get().onAllocError(layout);",
        "        if (0 != layout.size())\n" +
        "        {\n" +
        "            HOOK.get().onAllocError(layout);\n" +
        "        }",
        "AllocErrorHookTest", "h08ShouldTakeAnyLayout"),
    SECOND_REPLACES_FIRST("R1", "GlobalRegistration",
        "        if (!PRESENT.compareAndSet(null, choice))",
        "        if (null == PRESENT.getAndSet(choice) && choice.source.isEmpty())",
        "GlobalRegistrationTest", "r01ShouldRefuseASecondRegistration"),
    SAME_TWICE("R1", "GlobalRegistration",
        "        if (!PRESENT.compareAndSet(null, choice))",
        "        if (!PRESENT.compareAndSet(null, choice) && PRESENT.get().allocator != allocator)",
        "GlobalRegistrationTest", "r01ShouldRefuseTheSameInstanceTwice"),
    CHECKS_THEN_SETS("R1", "GlobalRegistration",
        "        if (!PRESENT.compareAndSet(null, choice))",
        "        final boolean isFree = null == PRESENT.get();\n" +
        "        java.util.concurrent.locks.LockSupport.parkNanos(1 << 26);\n" +
        "        if (isFree)\n" +
        "        {\n" +
        "            PRESENT.set(choice);\n" +
        "        }\n" +
        "        else",
        "GlobalRegistrationTest", "r01ShouldLetOneOfManyThreadsRegister"),
    PROPERTY_UNSEEN("R1", "GlobalRegistration",
        "        if (null != name)",
        "        if (null != name && name.isEmpty())",
        "GlobalRegistrationTest", "r01ShouldGoToTheAllocatorThatThePropertyNames"),
    TAKES_THE_FIRST_SERVICE("R1", "GlobalRegistration",
        "        if (declared.size() > 1)",
        "        if (declared.size() > 2)",
        "GlobalRegistrationTest", "r01ShouldRefuseTwoServices"),
    CODE_GOES_BEFORE_PROPERTY("R1", "GlobalRegistration",
        "        if (!declared.isEmpty())\n" +
        "        {\n" +
        "            throw",
        "        if (declared.size() > 1)\n" +
        "        {\n" +
        "            throw",
        "GlobalRegistrationTest", "r01ShouldRefuseCodeBesideTheProperty"),
    USE_DOES_NOT_FREEZE("R2", "GlobalRegistration",
        "        if (!PRESENT.compareAndSet(null, choice))",
        "        final Choice used = PRESENT.get();\n" +
        "        if (!PRESENT.compareAndSet(null != used && \"default\".equals(used.source) ? used : " +
        "null, choice))",
        "GlobalRegistrationTest", "r02ShouldFreezeTheDefaultAtTheFirstUse"),
    NULL_IS_REGISTERED("R3", "Global",
        "        if (null == allocator)\n" +
        "        {\n" +
        "            throw new NullPointerException(\"allocator\");\n" +
        "        }\n",
        "        if (null == allocator)\n" +
        "        {\n" +
        "            return;\n" +
        "        }\n",
        "GlobalRegistrationTest", "r03ShouldRefuseNull"),
    ONE_THREAD_IS_PROVIDED("R3", "GlobalRegistration",
        "        if (!choice.allocator.isThreadSafe())",
        "        if (choice.source.isEmpty())",
        "GlobalRegistrationTest", "r03g11ShouldRefuseAProviderThatIsNotThreadSafe"),
    DEFAULT_IS_ANOTHER("R4", "GlobalRegistration",
        "new Choice(SystemAllocator.INSTANCE, \"default\", null)",
        "new Choice(new SystemAllocator(new SystemBudget(1 << 30), false), \"default\", null)",
        "GlobalRegistrationTest", "r04ShouldGoToTheSystemByDefault"),
    SYSTEM_IS_THE_REGISTERED("S1", "SystemAllocator",
        "    GlobalAlloc target()\n" +
        "    {\n" +
        "        return this;",
        "    GlobalAlloc target()\n" +
        "    {\n" +
        "        return GlobalRegistration.allocator();",
        "GlobalRegistrationTest", "s01ShouldKeepTheSystemUsableBesideTheRegistered"),
    GLOBAL_IS_THE_SYSTEM("S2", "Global",
        "        return GlobalRegistration.allocator();",
        "        return SystemAllocator.INSTANCE;",
        "GlobalRegistrationTest", "r01s02ShouldGoToTheAllocatorThatCodeRegistered"),
    GLOBAL_IS_ANOTHER_SYSTEM("S2", "GlobalRegistration",
        "new Choice(SystemAllocator.INSTANCE, \"default\", null)",
        "new Choice(new SystemAllocator(new SystemBudget(1 << 30), false), \"default\", null)",
        "GlobalTest", "s02ShouldForwardToTheDefaultAllocator"),
    LONGER_THAN_ASKED_FOR("S3", "ExactAllocator",
        "            checkBlock(address, size, alignment);\n" +
        "        }\n" +
        "        return size;",
        "            checkBlock(address, size, alignment);\n" +
        "        }\n" +
        "        return size + 7 & -8;",
        "GlobalTest", "s03ShouldHaveExactlyTheSizeAskedFor"),
    FITS_LOOSELY("S3", "SoleRegion",
        "if (wantedSize != size || wantedAlignment != alignment)",
        "if (wantedSize > size || wantedAlignment != alignment)",
        "SystemAllocatorTest", "s03ShouldAcceptTheExactLayoutOnly"),
    CALLS_FOR_SIZE_ZERO("S4", "ExactAllocator",
        "        if (0 == size)\n" +
        "        {\n" +
        "            return alignment;\n" +
        "        }\n" +
        "        final long address = target().alloc(size, alignment);",
        "        final long address = target().alloc(0 == size ? 1 : size, alignment);",
        "ExactAllocatorTest", "s04ShouldNotCallForSizeZero"),
    ZEROED_IS_ALLOC("S4", "ExactAllocator",
        "final long address = target().allocZeroed(size, alignment);",
        "final long address = target().alloc(size, alignment);",
        "ExactAllocatorTest", "s04ShouldAllocateAndFree"),
    GROWS_FROM_ZERO_BY_REALLOC("S4", "ExactAllocator",
        "            LayoutChecks.empty(address, oldAlignment);\n" +
        "            return allocateZeroed(newSize, newAlignment);",
        "            LayoutChecks.empty(address, oldAlignment);\n" +
        "            return allocate(newSize, newAlignment);",
        "ExactAllocatorTest", "s04ShouldAllocateWhenGrowingFromZero"),
    SHRINKS_TO_ZERO_AND_LEAKS("S4", "ExactAllocator",
        "            deallocate(address, oldSize, oldAlignment);\n" +
        "            return newAlignment;",
        "            return newAlignment;",
        "ExactAllocatorTest", "s04ShouldAllocateWhenGrowingFromZero"),
    GROWN_BYTES_ARE_NOT_ZERO("S4", "ExactAllocator",
        "            target().regionOf(grown).zero(grown + oldSize, newSize - oldSize);",
        "            target().regionOf(grown).zero(grown + oldSize, newSize - oldSize - 1);",
        "ExactAllocatorTest", "s04ShouldReallocateWithTheSameAlignment"),
    LOOSER_ALIGNMENT_STAYS("S5", "ExactAllocator",
        "        if (oldAlignment == newAlignment)\n" +
        "        {\n" +
        "            return reallocate(address, oldSize, oldAlignment, newSize);\n" +
        "        }\n" +
        "        checkBlock",
        "        if (oldAlignment >= newAlignment)\n" +
        "        {\n" +
        "            return reallocate(address, oldSize, oldAlignment, newSize);\n" +
        "        }\n" +
        "        checkBlock",
        "ExactAllocatorTest", "s04s05ShouldMoveToAnotherAlignment"),
    SYSTEM_STAYS("S5", "ExactAllocator",
        "        checkBlock(address, oldSize, oldAlignment);\n" +
        "        final long moved = target().alloc(newSize, newAlignment);",
        "        checkBlock(address, oldSize, oldAlignment);\n" +
        "        final long moved = 0 == (address & (newAlignment - 1)) ? NULL : " +
        "target().alloc(newSize, newAlignment);",
        "SystemAllocatorTest", "s05ShouldMoveToAnyOtherAlignment"),
    SMALL_BLOCKS_ARE_LESS_ALIGNED("S6", "SystemAllocator",
        "        SystemRegion region = regions.openSole(size, alignment);",
        "        SystemRegion region = regions.openSole(size, Math.min(alignment, " +
        "Long.highestOneBit(size)));",
        "SystemAllocatorTest", "s06ShouldAlignSmallBlocksAsMuchAsLargeOnes"),
    LOCK_LOSES_TRY_RESIZE("W1", "SynchronizedAllocator",
        "return target.tryResize(address, oldSize, alignment, newSize);",
        "return newSize == oldSize;",
        "testing.ForwardingTest", "w01SynchronizedAllocatorShouldForwardEveryMethod"),
    LOCK_LOSES_CHEAP_ZEROING("W1", "SynchronizedAllocator",
        "return target.allocateZeroed(size, alignment);",
        "final long address = target.allocate(size, alignment);\n" +
        "            target.regionOf(address).zero(address, size);\n" +
        "            return address;",
        "testing.ForwardingTest", "w01SynchronizedAllocatorShouldForwardEveryMethod"),
    LOCK_LOSES_UP_TO("W1", "SynchronizedRegionAllocator",
        "return target.allocUpTo(minSize, size, alignment);",
        "return target.alloc(size, alignment);",
        "testing.ForwardingTest", "w01SynchronizedRegionAllocatorShouldForwardEveryMethod"),
    FALLBACK_LOSES_BATCH("W1", "FallbackAllocator",
        "freed += owner.deallocateBatch(size, alignment, addresses, at, runEnd - at);",
        "freed += Allocator.super.deallocateBatch(size, alignment, addresses, at, runEnd - at);",
        "testing.ForwardingTest", "w01FallbackAllocatorShouldForwardEveryMethodToTheFirst"),
    FALLBACK_GROWS_BY_ALLOCATE("W1", "FallbackAllocator",
        "            return owner.growZeroed(address, oldSize, oldAlignment, newSize, newAlignment);",
        "            return owner.grow(address, oldSize, oldAlignment, newSize, newAlignment);",
        "testing.ForwardingTest", "w01FallbackAllocatorShouldForwardEveryMethodToTheFirst"),
    ADAPTER_GROWS_TO_SHRINK("W1", "GlobalAllocAdapter",
        "newSize >= size ?",
        "newSize > size ?",
        "ExactAllocatorTest", "w01ShouldForwardEveryMethodToAnAllocator"),
    ADAPTER_FORGETS_WHAT_IT_KNOWS("W1", "ExactAllocator",
        "return target instanceof GlobalAllocAdapter adapter ? adapter.target() : null;",
        "return null;",
        "ExactAllocatorTest", "w01ShouldForwardWhatIsAskedOfAnAllocator"),
    ADAPTER_ADDS_A_HEADER("W2", "GlobalAllocAdapter",
        "            return target.allocate(size, alignment);",
        "            return target.allocate(size + 8, alignment);",
        "ExactAllocatorTest", "w02ShouldExchangeBlocksWithTheTarget"),
    ARENA_RESETS_THE_PLACE_ONLY("", "ArenaAllocator",
        "        rewind(marks.link(index), marks.top(index));",
        "        top = marks.top(index);",
        "ArenaAllocatorTest", "shouldResetToAMark"),
    ARENA_MARKS_LIVE_ON("", "ArenaMarks",
        "        depth = index + 1;\n" +
        "        return index;",
        "        return index;",
        "ArenaAllocatorTest", "shouldResetToNestedMarks"),
    ARENA_MARKS_ARE_ALIKE("", "ArenaMarks",
        "final long mark = ++serial << INDEX_BITS | depth;",
        "final long mark = 1L << INDEX_BITS | depth;",
        "ArenaAllocatorTest", "shouldKnowADeadMarkAtAPlaceThatIsMarkedAgain"),
    ARENA_GROWS_BELOW_A_MARK("", "ArenaAllocator",
        "        final long mark = marks.push(chain.current(), top);\n" +
        "        last = NULL;",
        "        final long mark = marks.push(chain.current(), top);",
        "ArenaAllocatorTest", "shouldLeaveWhatIsBelowAMarkWhereItIs"),
    ARENA_MOVES_THE_LAST("", "ArenaAllocator",
        "        if (newSize > end - address)\n",
        "        if (newSize > oldSize)\n",
        "ArenaAllocatorTest", "shouldGrowShrinkAndFreeTheLastBlockInPlace"),
    ARENA_GROWS_OVER_THE_END("", "ArenaAllocator",
        "        if (newSize > end - address)\n",
        "        if (newSize > end - address + 8)\n",
        "ArenaAllocatorTest", "shouldGrowShrinkAndFreeTheLastBlockInPlace"),
    ARENA_FORGETS_THE_LAST("", "ArenaAllocator",
        "        if (address == last)\n" +
        "        {\n" +
        "            top = address;",
        "        if (address == last)\n" +
        "        {\n" +
        "            top = last + size;",
        "ArenaAllocatorTest", "shouldGrowShrinkAndFreeTheLastBlockInPlace"),
    ARENA_COPIES_TOO_LITTLE("", "ArenaAllocator",
        "RegionCopy.copy(source, address, chain.currentRegion(), moved, kept);",
        "RegionCopy.copy(source, address, chain.currentRegion(), moved, kept - 1);",
        "ArenaAllocatorTest", "shouldCopyFromLinkToLink"),
    ARENA_ZEROES_FROM_THE_START("", "ArenaAllocator",
        "zero(grown + oldSize, newSize - oldSize)",
        "zero(grown, newSize)",
        "ArenaAllocatorTest", "shouldCopyFromLinkToLink"),
    ARENA_LEAKS_WHEN_CLOSED("", "ArenaAllocator",
        "            rewind(ArenaChain.NONE, NULL);\n" +
        "            chain.releaseKept();\n",
        "            rewind(ArenaChain.NONE, NULL);\n",
        "ArenaAllocatorTest", "shouldGiveAllBackAndRefuseCallsWhenClosed"),
    ARENA_LOOKS_AT_NO_BLOCK("", "ArenaAllocator",
        "            chain.checkBlock(address, size, alignment, top, last);",
        "            assert null != chain;",
        "ArenaAllocatorTest", "shouldRefuseTheMisuseItCanSee"),
    ARENA_KNOWS_NO_LIMIT("", "ArenaChain",
        "return Math.min(limit, upstream.maxSize());",
        "return upstream.maxSize();",
        "ArenaAllocatorTest", "shouldChainLinksUpToTheLimitAndNoFurther"),
    FALLBACK_FREES_IN_THE_FIRST("", "FallbackAllocator",
        "return 0 == size || first.owns(address) ? first : second;",
        "return first;",
        "FallbackAllocatorTest", "shouldAskTheFirstAndThenTheSecond"),
    FALLBACK_ASKS_THE_SECOND("", "FallbackAllocator",
        "            return first.allocate(size, alignment);",
        "            return second.allocate(size, alignment);",
        "FallbackAllocatorTest", "shouldAskTheFirstAndThenTheSecond"),
    FALLBACK_LEAKS_THE_OLD("", "FallbackAllocator",
        "            owner.deallocate(address, oldSize, oldAlignment);\n" +
        "        }",
        "            owner.usableSize(address, oldSize, oldAlignment);\n" +
        "        }",
        "FallbackAllocatorTest", "shouldMoveAcrossToGrow"),
    FALLBACK_COPIES_TOO_LITTLE("", "FallbackAllocator",
        "other.regionOf(moved), moved, kept);",
        "other.regionOf(moved), moved, kept / 2);",
        "FallbackAllocatorTest", "shouldMoveAcrossToGrow"),
    FALLBACK_NEVER_GOES_BACK("", "FallbackAllocator",
        "return owner == first ? second : first;",
        "return second;",
        "FallbackAllocatorTest", "shouldMoveAcrossToShrinkToAnAlignmentAndBackFromTheSecond"),
    FALLBACK_LEAKS_THE_NEW("", "FallbackAllocator",
        "            other.deallocate(moved, newSize, newAlignment);\n" +
        "            throw ex;",
        "            throw ex;",
        "FallbackAllocatorTest", "shouldKeepTheOldBlockOnlyWhenTheMoveFails"),
    FALLBACK_FREES_BEFORE_IT_HAS("", "FallbackAllocator",
        "            final Allocator other = other(owner);\n" +
        "            final long moved = take(other, error, newSize, newAlignment);\n" +
        "            move(owner, address, oldSize, oldAlignment, oldSize,",
        "            final Allocator other = other(owner);\n" +
        "            owner.deallocate(address, oldSize, oldAlignment);\n" +
        "            final long moved = take(other, error, newSize, newAlignment);\n" +
        "            move(owner, address, oldSize, oldAlignment, oldSize,",
        "FallbackAllocatorTest", "shouldKeepTheOldBlockWhenNeitherHasRoom"),
    FALLBACK_TELLS_THE_LAST_REASON("", "FallbackAllocator",
        "return a.isUnsupported() ? b : a;",
        "return b;",
        "FallbackAllocatorTest", "shouldTellALayoutThatNeitherEverHas"),
    FALLBACK_FREES_A_BATCH_IN_ONE("", "FallbackAllocator",
        "        while (i < end && owner == owner(addresses[i], size))",
        "        while (i < end)",
        "FallbackAllocatorTest", "shouldShareABatch"),
    FALLBACK_PROMISES_THE_LARGER("", "FallbackAllocator",
        "Math.min(ofFirst, second.goodSize(size, alignment))",
        "Math.max(ofFirst, second.goodSize(size, alignment))",
        "FallbackAllocatorTest", "shouldTellASizeThatEveryBlockHas"),
    LOCK_NOT_TAKEN_TO_ALLOCATE("", "SynchronizedAllocator",
        "        lock.lock();\n" +
        "        try\n" +
        "        {\n" +
        "            return target.allocate(size, alignment);\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            lock.unlock();\n" +
        "        }",
        "        return target.allocate(size, alignment);",
        "SynchronizedAllocatorTest", "shouldMakeEveryCallWaitForTheLock"),
    LOCK_NOT_TAKEN_TO_ASK("", "SynchronizedAllocator",
        "        lock.lock();\n" +
        "        try\n" +
        "        {\n" +
        "            return target.owns(address);\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            lock.unlock();\n" +
        "        }",
        "        return target.owns(address);",
        "SynchronizedAllocatorTest", "shouldMakeEveryCallWaitForTheLock"),
    LOCK_NOT_TAKEN_TO_GROW("", "SynchronizedAllocator",
        "        lock.lock();\n" +
        "        try\n" +
        "        {\n" +
        "            return target.grow(address, oldSize, oldAlignment, newSize, newAlignment);\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            lock.unlock();\n" +
        "        }",
        "        return target.grow(address, oldSize, oldAlignment, newSize, newAlignment);",
        "SynchronizedAllocatorTest", "shouldMakeEveryCallWaitForTheLock"),
    LOCK_KEPT_BY_A_FAILURE("", "SynchronizedAllocator",
        "            return target.allocate(size, alignment);\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            lock.unlock();\n" +
        "        }",
        "            final long address = target.allocate(size, alignment);\n" +
        "            lock.unlock();\n" +
        "            return address;\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            assert true;\n" +
        "        }",
        "SynchronizedAllocatorTest", "shouldLetTheLockGoWhenACallFails"),
    LOCK_OF_A_REGION_NOT_TAKEN("", "SynchronizedRegionAllocator",
        "        lock.lock();\n" +
        "        try\n" +
        "        {\n" +
        "            return target.alloc(size, alignment);\n" +
        "        }\n" +
        "        finally\n" +
        "        {\n" +
        "            lock.unlock();\n" +
        "        }",
        "        return target.alloc(size, alignment);",
        "SynchronizedAllocatorTest", "shouldMakeEveryCallWaitForTheLock"),
    COUNTED_BY_SIZE("", "CountedBlocks",
        "counters.add(target.usableSize(address, size, alignment));",
        "counters.add(size);",
        "CheckedCountTest", "shouldAgreeWithTheTargetAfterEveryCall"),
    RESIZED_AND_STILL_COUNTED("", "CountedBlocks",
        "        counters.remove(length);\n" +
        "        counters.add(",
        "        counters.add(",
        "CheckedCountTest", "shouldAgreeWithTheTargetAfterEveryCall"),
    FREE_REMEMBERED_OF_THE_LAST_BLOCK("", "SampledSites",
        "        freed.forget(address);\n" +
        "        if (sampler.next())",
        "        if (sampler.next())",
        "CheckedSiteTest", "shouldForgetAFreeWhenABlockIsThereAgain"),
    SAMPLE_LOST_BY_A_FAILURE("", "SampledSites",
        "            freed.forget(address);\n" +
        "            live.publish(sample, address);",
        "            freed.forget(address);",
        "CheckedSiteTest", "shouldKeepASampleWhenACallFails"),
    SAMPLES_IN_A_RHYTHM("", "Sampler",
        "1 + (state >>> 1) % (2L * every - 1)",
        "every",
        "CheckedSiteTest", "shouldNotFallInWithTheProgramsRhythm"),
    TOO_MANY_SAMPLES("", "Sampler",
        "% (2L * every - 1)",
        "% every",
        "CheckedSiteTest", "shouldSampleOneBlockInSoMany"),
    FREED_BY_WHO_ALLOCATED("", "SampledSites",
        "freed.freeThreadNames[at] = thread.getName();",
        "freed.freeThreadNames[at] = live.allocationThreadNames[sample];",
        "CheckedSiteTest", "shouldNameAllThreeCallsAndThreadsOfADoubleFree"),
    LOST_SAMPLES_NOT_COUNTED("", "SampledSites",
        "            lost.getAndIncrement();\n" +
        "            return;",
        "            return;",
        "CheckedSiteTest", "shouldCountTheSamplesThatItHasNoRoomFor"),
    SAMPLE_LEFT_AFTER_THE_FREE("", "CountedBlocks",
        "        final int sample = leaveForGood(address);\n" +
        "        try\n",
        "        final int sample = SampledSites.NO_SAMPLE;\n" +
        "        try\n",
        "CheckedSiteTest", "shouldLoseNoSampleAndKeepNoneWhenThreadsPassBlocksOn"),
    UNDERRUN_UNSEEN("", "GuardedMisuse",
        "        checkBytes(call, MisuseReport.Kind.UNDERRUN, block, block.base, block.address, GuardBytes.ZONE);\n",
        "",
        "CheckedFullTest", "shouldFindOneByteBeforeABlock"),
    FIRST_BYTE_BEHIND_UNSEEN("", "GuardedMisuse",
        "block, block.end(), block.base",
        "block, block.end() + 1, block.base",
        "CheckedFullTest", "shouldFindOneByteBehindABlock"),
    FAR_BYTE_BEFORE_UNSEEN("", "GuardedMisuse",
        "block, block.base, block.address,",
        "block, block.base + 1, block.address,",
        "CheckedFullTest", "shouldFindTheFarEndsOfTheZones"),
    DAMAGE_REPORTED_FOR_EVER("", "GuardedMisuse",
        "            GuardBytes.fill(region, from, to - from, value);\n",
        "",
        "CheckedFullTest", "shouldFindOneByteBehindABlock"),
    ZONES_UNSEEN_IN_A_RESIZE("", "GuardedBlocks",
        "            memory.misuse.checkZones(call, block);\n",
        "",
        "CheckedFullTest", "shouldFindWhatWasWrittenBesideABlockWhenItIsResized"),
    USE_AFTER_FREE_UNSEEN_WHEN_REUSED("", "GuardedMemory",
        "        final IllegalStateException damage = damageOf(call, block);\n",
        "        final IllegalStateException damage = null;\n",
        "CheckedFullTest", "shouldFindAByteWrittenAfterTheFreeWhenTheBlockLeavesQuarantine"),
    USE_AFTER_FREE_UNSEEN_ON_DEMAND("", "GuardedMemory",
        "quarantine.blocks())\n        {\n            checkAll(block, found);\n",
        "quarantine.blocks())\n        {\n            assert null != block;\n",
        "CheckedFullTest", "shouldFindAByteWrittenAfterTheFreeOnDemand"),
    FREED_BLOCKS_KEEP_THEIR_BYTES("", "GuardedMemory",
        "block.address, block.size, GuardBytes.FREED);",
        "block.address, 0, GuardBytes.FREED);",
        "CheckedFullTest", "shouldFillNewAndFreedBlocks"),
    NEW_BLOCKS_KEEP_OLD_BYTES("", "GuardedMemory",
        "GuardBytes.fill(region, block.address, block.size, GuardBytes.NEW);",
        "GuardBytes.fill(region, block.address, 0, GuardBytes.NEW);",
        "CheckedFullTest", "shouldFillNewAndFreedBlocks"),
    OTHER_ALIGNMENT_TAKEN("", "GuardedBlock",
        " && fittingAlignment == alignment",
        "",
        "CheckedFullTest", "shouldRefuseEveryLayoutButTheBlocks"),
    SMALLER_SIZE_TAKEN("", "GuardedBlock",
        "fittingSize >= minSize && fittingSize <= size",
        "fittingSize <= size",
        "CheckedFullTest", "shouldRefuseEveryLayoutButTheBlocks"),
    QUARANTINE_WITHOUT_END("", "GuardedMemory",
        "while (quarantine.wants(block) && !quarantine.hasRoomFor(block))",
        "while (quarantine.bytes() > 1L << 40)",
        "CheckedFullTest", "shouldBoundTheQuarantine"),
    QUARANTINE_KEPT_FROM_A_REQUEST("", "GuardedMemory",
        "        flush(\"allocate\");\n",
        "",
        "CheckedFullTest", "shouldKeepFreedBlocksFromReuseAndGiveThemBackBeforeItFails"),
    FREED_WHERE_ALLOCATED("", "GuardedMemory",
        "block.freeSite = sites.here();",
        "block.freeSite = block.allocationSite;",
        "CheckedFullTest", "shouldNameAllThreeCallsAndThreadsOfADoubleFree"),
    LEAKS_KEPT_SECRET("", "CheckedAllocator",
        "        if (!leaks.isEmpty())",
        "        if (leaks.isEmpty())",
        "CheckedFullTest", "shouldFailOnALeakIfNothingElseIsSaid"),
    DAMAGE_KEPT_SECRET_ON_CLOSE("", "CheckedAllocator",
        "attempt(blocks::check, null)",
        "null",
        "CheckedFullTest", "shouldReportDamageOnClose"),
    NO_BLOCK_TAKEN_FOR_A_FREED_ONE("", "SampleTable",
        "if (FREE == address || CLAIMED == address)",
        "if (Long.MAX_VALUE == address)",
        "CheckedSiteTest", "shouldNotTakeWhatNeverWasABlockForAFreedOne"),
    SAMPLE_OF_A_DEAD_BLOCK_PUT_BACK("", "CountedBlocks",
        "refusal && SampledSites.NO_SAMPLE != sample",
        "refusal && SampledSites.NO_SAMPLE > sample",
        "CheckedSiteTest", "shouldNameTheBlockOfADoubleFreeThatItsOtherFreeHasOvertaken"),
    FIRST_DAMAGE_ONLY("", "GuardedMemory",
        "            found.forEach(first::addSuppressed);\n",
        "",
        "CheckedFullTest", "shouldReportAllDamageOnDemandAndOnce"),
    REPORTS_WITHOUT_END("", "GuardedMemory",
        "found.size() < MOST_REPORTS",
        "found.size() < Integer.MAX_VALUE",
        "CheckedFullTest", "shouldBoundTheReportsOfOneCheck"),
    TARGET_LEFT_OPEN("", "CheckedAllocator",
        "        thrown = attempt(this::closeTarget, thrown);\n",
        "        if (null == thrown)\n        {\n            closeTarget();\n        }\n",
        "CheckedFullTest", "shouldCloseTheTargetWhateverGoesWrongOnTheWay"),
    MEMORY_KEPT_WITHOUT_A_BLOCK("", "GuardedMemory",
        "            target.deallocate(base, total, alignment);\n            throw ex;",
        "            throw ex;",
        "CheckedFullTest", "shouldGiveTheMemoryBackWhenItCannotBeFilled"),
    IN_PLACE_WHEN_IT_CANNOT_BE("", "GuardedBlocks",
        "if (0 != (block.address & newAlignment - 1) || !memory.stay(block, newSize, newAlignment))",
        "if (!memory.stay(block, newSize, newAlignment) && 0 != (block.address & newAlignment - 1))",
        "CheckedFullTest", "shouldKeepEveryBlockWhicheverRequestFails"),
    SLACK_NOT_CLEARED("", "ClearingAllocator",
        "zeroBytes(address, length);",
        "zeroBytes(address, size);",
        "ClearingAllocatorTest", "shouldClearABlockThatIsFreedToItsUsableSize"),
    TAIL_NOT_CLEARED("", "ClearingAllocator",
        "        if (newSize < length)\n",
        "        if (newSize < 0)\n",
        "ClearingAllocatorTest", "shouldClearTheTailOfABlockThatShrinksWhereItIs"),
    CLEARED_BEFORE_REFUSED("", "ClearingAllocator",
        "        final long length = target.usableSize(address, size, alignment);\n" +
        "        zeroBytes(address, length);",
        "        zeroBytes(address, size);",
        "ClearingAllocatorTest", "shouldClearNothingWhenACallIsRefused"),
    LIVE_BLOCKS_NOT_CLEARED("", "ClearingAllocator",
        "            claim().zero(region().address(), stats().highWaterBytes());\n",
        "",
        "ClearingAllocatorTest", "shouldClearWhatLivesOnClose");

    /** The entry of the contract that is broken; empty where a combination is that the contract doesn't have. */
    final String entry;
    /** The class, by its simple name. */
    final String type;
    /** What its source has, once. */
    final String right;
    /** What it has instead. */
    final String wrong;
    /** The class of the test, its name below the package of the library. */
    final String test;
    final String method;

    SourceMistake(
        final String entry, final String type, final String right, final String wrong, final String test,
        final String method)
    {
        this.entry = entry;
        this.type = type;
        this.right = right;
        this.wrong = wrong;
        this.test = test;
        this.method = method;
    }
}
