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
 * Measures how long {@link Region#allocate} of 1 GiB takes, and how long another thread waits meanwhile when a third
 * asks for collections. Not a test.
 */
final class RegionPauseMain
{
    private static final long SIZE = 1L << 30;

    private static volatile boolean done;
    private static volatile long longestNs;

    private RegionPauseMain()
    {
    }

    public static void main(final String[] args) throws InterruptedException
    {
        Region.allocate(1 << 20).close();
        final Thread watched = new Thread(RegionPauseMain::watch);
        final Thread collecting = new Thread(RegionPauseMain::collect);
        collecting.setDaemon(true);
        watched.start();
        collecting.start();
        for (int i = 0; i < 3; i++)
        {
            longestNs = 0;
            final long start = System.nanoTime();
            final Region region = Region.allocate(SIZE);
            final long end = System.nanoTime();
            Thread.sleep(5);
            System.out.printf("allocate %d ms, longest wait %d ms%n", (end - start) / 1_000_000, longestNs / 1_000_000);
            region.close();
        }
        done = true;
        watched.join();
    }

    private static void watch()
    {
        long last = System.nanoTime();
        while (!done)
        {
            sleep(1);
            final long now = System.nanoTime();
            longestNs = Math.max(longestNs, now - last);
            last = now;
        }
    }

    private static void collect()
    {
        while (!done)
        {
            System.gc();
            sleep(5);
        }
    }

    private static void sleep(final long ms)
    {
        try
        {
            Thread.sleep(ms);
        }
        catch (final InterruptedException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
