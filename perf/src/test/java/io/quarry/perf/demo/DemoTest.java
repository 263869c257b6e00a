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

import io.quarry.perf.CommandError;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Short forms of the demos. Each checks every message's content, and that no block is left.
 */
@Tag("agrona")
@Timeout(120)
class DemoTest
{
    private static final int MESSAGES = 60_000;

    /** Classes that are loaded late; a byte or more for each message would be more than this. */
    private static final long ONCE = 20_000;

    private final StringWriter said = new StringWriter();
    private final PrintWriter out = new PrintWriter(said);
    private final DemoOptions asFastAsCanBe = new DemoOptions(MESSAGES, 0);

    @Test
    void shouldRunInOneProcess()
    {
        final long garbage = new InProcessDemo(out, asFastAsCanBe).run();

        assertTrue(garbage < ONCE, "garbage=" + garbage);
        assertSaid("60,000 quotes of 40 to 280 bytes, 15,000 orders");
        assertSaid("of 11,250");
        assertSaid("0 blocks left");
    }

    @ParameterizedTest
    @ValueSource(strings = { AeronDemo.IPC, AeronDemo.UDP })
    void shouldRunOverAeron(final String channel)
    {
        final long garbage = new AeronDemo(out, asFastAsCanBe).run(channel);

        assertTrue(garbage < ONCE, "garbage=" + garbage);
        assertSaid("of 45,000");
        assertSaid("0 blocks left");
    }

    @Test
    void shouldRunInTwoProcesses() throws Exception
    {
        final long garbage = new TwoProcessesDemo(out, asFastAsCanBe).run();

        assertTrue(garbage < ONCE, "garbage=" + garbage);
        assertSaid("of 45,000");
        assertSaid("garbage made by the reader in the second half: ");
        assertSaid("0 blocks left");
        assertEquals(0, regionFiles());
    }

    @Test
    void shouldSayThatTheOtherProcessIsGone() throws Exception
    {
        final Thread killer = new Thread(DemoTest::killReader);
        killer.start();

        final CommandError error = assertThrows(CommandError.class,
            () -> new TwoProcessesDemo(out, new DemoOptions(1_000_000_000, 10_000)).run());

        killer.join();
        assertEquals(CommandError.DEVIATION, error.status());
        assertTrue(error.getMessage().matches("demo two-processes: the reader ended with status \\d+"),
            error.getMessage());
        assertEquals(0, regionFiles());
    }

    @Test
    void shouldRefuseAChannelThatIsNone()
    {
        final CommandError error =
            assertThrows(CommandError.class, () -> new AeronDemo(out, asFastAsCanBe).run("aeron:nothing"));

        assertTrue(error.getMessage().contains("nothing") && !error.getMessage().contains("\n"), error.getMessage());
    }

    private void assertSaid(final String words)
    {
        out.flush();
        assertTrue(said.toString().contains(words), said::toString);
    }

    /** When it is there, and has had some time to read. */
    private static void killReader()
    {
        while (true)
        {
            final ProcessHandle reader = ProcessHandle.current().children().findFirst().orElse(null);
            try
            {
                Thread.sleep(1000);
            }
            catch (final InterruptedException ex)
            {
                return;
            }
            if (null != reader)
            {
                reader.destroyForcibly();
                return;
            }
        }
    }

    /** Files of regions that this process has left in shared memory. */
    private static long regionFiles() throws Exception
    {
        final Path shared = Path.of("/dev/shm");
        if (!Files.isDirectory(shared))
        {
            return 0;
        }
        try (Stream<Path> files = Files.list(shared))
        {
            return files.filter((file) -> file.toString().endsWith(".region")).count();
        }
    }
}
