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
package io.quarry.perf.demo;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.quarry.perf.CommandError;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A media driver within this process, with a folder of its own that is deleted at the end, and a client of it.
 */
final class AeronMedia implements AutoCloseable
{
    /** Three of them a publication, and a message has at most an eighth of one. */
    private static final int TERM_LENGTH = 1 << 20;
    private static final long CONNECT_NS = TimeUnit.SECONDS.toNanos(20);

    private final String demo;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final MediaDriver driver;
    private final Aeron aeron;

    AeronMedia(final String demo)
    {
        this.demo = demo;
        final ErrorHandler errors = (thrown) -> failure.compareAndSet(null, thrown);
        driver = MediaDriver.launch(new MediaDriver.Context()
            .aeronDirectoryName(CommonContext.generateRandomDirName())
            .dirDeleteOnStart(true)
            .dirDeleteOnShutdown(true)
            .ipcTermBufferLength(TERM_LENGTH)
            .publicationTermBufferLength(TERM_LENGTH)
            .threadingMode(ThreadingMode.SHARED)
            .warnIfDirectoryExists(false)
            .errorHandler(errors));
        try
        {
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(folder()).errorHandler(errors));
        }
        catch (final RuntimeException ex)
        {
            driver.close();
            throw ex;
        }
    }

    Aeron aeron()
    {
        return aeron;
    }

    /** Where other processes find the driver. */
    String folder()
    {
        return driver.aeronDirectoryName();
    }

    /** The channel of a subscription with the port that the system chose, where it was to choose one. */
    String resolved(final Subscription subscription)
    {
        final long beginNs = System.nanoTime();
        String channel = subscription.tryResolveChannelEndpointPort();
        while (null == channel)
        {
            check();
            if (System.nanoTime() - beginNs > CONNECT_NS)
            {
                throw failed("no port for channel=" + subscription.channel());
            }
            Thread.onSpinWait();
            channel = subscription.tryResolveChannelEndpointPort();
        }
        return channel;
    }

    /** Throws what the driver or the client has failed of. */
    void check()
    {
        final Throwable thrown = failure.get();
        if (null != thrown)
        {
            throw failed(thrown.toString());
        }
    }

    private CommandError failed(final String message)
    {
        return DemoAgents.failed(demo, message);
    }

    @Override
    public void close()
    {
        CloseHelper.closeAll(aeron, driver);
    }
}
