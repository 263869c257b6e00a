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

/**
 * Blocks with zones around them, quarantine and all, keep the contract.
 */
class CheckedFullContractTest extends AllocatorContract
{
    @Override
    protected RegionAllocator create(final Region region)
    {
        return CheckedSubject.over(region, CheckLevel.FULL);
    }

    /** The one inside makes some. */
    @Override
    protected boolean garbageFree()
    {
        return false;
    }

    /** The zone before a block is as long as its alignment. */
    @Override
    protected long maxAlignment()
    {
        return 1L << 16;
    }

    /** A block takes more than its size. */
    @Override
    public boolean freeBytesAreForBlocks()
    {
        return false;
    }
}
