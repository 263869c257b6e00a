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

import io.quarry.alloc.testing.AllocatorContract;

import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;

/**
 * The contract, where small blocks share regions: as from JDK 22 on.
 */
class SystemAllocatorContractTest extends AllocatorContract
{
    /** Whether small blocks share regions. */
    boolean sharing()
    {
        return true;
    }

    @Override
    protected RegionAllocator create(final Region region)
    {
        return SystemSubject.of(region, sharing());
    }

    /** The budget has to have a block and its alignment. */
    @Override
    protected long maxAlignment()
    {
        return 1 << 20;
    }

    @Override
    protected boolean threadSafe()
    {
        return true;
    }

    @Override
    protected boolean garbageFree()
    {
        return false;
    }

    /** Its blocks are in regions of the JDK's choice: {@link SystemAllocatorTest} has the test for that. */
    @Override
    public void shouldOwnItsRegionAndNothingElse()
    {
    }

    /** There is no highest address: {@link SystemAllocatorTest} tests what is counted. */
    @Override
    public void shouldCountWhatItHandsOut()
    {
    }

    /** They are what is left of the budget: a block is charged its alignment too, and may lie in what is taken. */
    @Override
    public boolean freeBytesAreForBlocks()
    {
        return false;
    }

    @Override
    @Test
    @Disabled("what is freed goes back to the JDK, so no hole in a region can be too short")
    public void shouldDiagnoseFragmentation()
    {
    }
}
