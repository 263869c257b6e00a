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
import io.quarry.alloc.RegionAllocator;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The contract of {@link RegionAllocator} as tests, named by the entries A1…A21, G1…G8, E2, E3, S4 of the semantics.
 * Every allocator has a subclass, which needs no more than {@link #create}; the invariants are verified after each
 * test.
 * <p>
 * Also run with misuse detection off; then the tests that need it are skipped.
 */
@Tag("checks-off")
public abstract class AllocatorContract implements
    AllocationContract,
    ZeroSizeContract,
    ZeroingContract,
    ResizeContract,
    GlobalAllocContract,
    MisuseContract,
    ExhaustionContract,
    DiagnosisContract,
    BatchContract,
    LifecycleContract,
    GarbageContract,
    EdgeContract,
    ThreadFaultContract
{
    @RegisterExtension
    final VerifyAfterEach resources = new VerifyAfterEach();

    /**
     * Makes the allocator under test.
     *
     * @param region that it claims; it may be as small as one page.
     * @return the allocator.
     */
    protected abstract RegionAllocator create(Region region);

    /**
     * The size of the region that most tests use.
     *
     * @return bytes, at least 1 MiB.
     */
    protected long regionSize()
    {
        return 4 << 20;
    }

    /**
     * The largest alignment that must be served where the region can hold it.
     *
     * @return bytes.
     */
    protected long maxAlignment()
    {
        return 1L << 62;
    }

    /**
     * Whether any thread may call the allocator.
     *
     * @return true if {@link RegionAllocator#isThreadSafe} should be.
     */
    protected boolean threadSafe()
    {
        return false;
    }

    /**
     * Whether the allocator promises to make no object after construction.
     *
     * @return false to skip the tests of that.
     */
    protected boolean garbageFree()
    {
        return true;
    }

    @Override
    public final RegionAllocator newAllocator(final Region region)
    {
        return create(region);
    }

    @Override
    public final long defaultRegionSize()
    {
        return regionSize();
    }

    @Override
    public final VerifyAfterEach resources()
    {
        return resources;
    }

    @Override
    public final boolean wantsThreadSafe()
    {
        return threadSafe();
    }

    @Override
    public final long largestAlignment()
    {
        return maxAlignment();
    }

    @Override
    public final boolean promisesNoGarbage()
    {
        return garbageFree();
    }
}
