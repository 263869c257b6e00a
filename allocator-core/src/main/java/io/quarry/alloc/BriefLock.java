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

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock for calls of well under a microsecond. Who finds it taken tries again for about two, and waits then only: the
 * other is likely to be done by that time, while to wait and to be woken takes many, and makes an object.
 */
final class BriefLock extends ReentrantLock
{
    private static final long serialVersionUID = 1L;

    /** No use where the other can't run meanwhile. */
    private static final int TRIES = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    @Override
    public void lock()
    {
        if (!tryLock() && !tryAgain())
        {
            super.lock();
        }
    }

    private boolean tryAgain()
    {
        for (int i = 0; i < TRIES; i++)
        {
            if (!isLocked() && tryLock())
            {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
