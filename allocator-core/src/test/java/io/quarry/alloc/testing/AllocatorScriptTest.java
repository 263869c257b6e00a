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

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AllocatorScriptTest
{
    private static final long REGION_SIZE = 1 << 20;

    @Test
    void shouldPrintAShortScriptThatFailsAgain()
    {
        final AllocatorScript script = new AllocatorScript(PlantedMistake.MOVE_LOSES_LAST_BYTE::over, REGION_SIZE, 5);
        final Deviation deviation = assertThrows(Deviation.class, () -> script.run(4000));
        final String message = deviation.getMessage();
        assertTrue(message.startsWith("seed=5 regionSize=" + REGION_SIZE), message);
        final String text = message.lines()
            .dropWhile(line -> !line.startsWith("#")).collect(Collectors.joining("\n"));
        final long operations = text.lines().filter(line -> !line.startsWith("#")).count();
        assertTrue(operations > 0 && operations <= 6, message);
        assertTrue(assertThrows(Deviation.class, () -> script.replay(text)).getMessage().contains("content"));
        new AllocatorScript(FirstFitAllocator::over, REGION_SIZE, 5).replay(text);
    }

    @Test
    void shouldDoTheSameForTheSameSeed()
    {
        final String first = firstLine(7);
        assertEquals(first, firstLine(7));
        assertTrue(!first.equals(firstLine(8)));
    }

    private static String firstLine(final long seed)
    {
        final AllocatorScript script =
            new AllocatorScript(PlantedMistake.TAKES_SECOND_FREE::over, REGION_SIZE, seed, 0);
        final String line = assertThrows(Deviation.class, () -> script.run(4000)).getMessage()
            .lines().findFirst().orElseThrow();
        return line.substring(line.indexOf(" operation"), line.indexOf(')'));
    }

    @Test
    void shouldReadWhatItPrints()
    {
        for (final ScriptOperation.Kind kind : ScriptOperation.Kind.values())
        {
            final ScriptOperation operation = new ScriptOperation(kind, 3, 1L << 40, Long.MIN_VALUE, 'h', -5);
            assertEquals(operation, ScriptOperation.parse(operation.toString()));
        }
        assertThrows(IllegalArgumentException.class, () -> ScriptOperation.parse("ALLOCATE 1 2 3"));
        assertThrows(IllegalArgumentException.class, () -> ScriptOperation.parse("EAT 1 2 3 r 4"));
    }

    @Test
    void shouldKeepOnlyTheOperationsThatMakeAScriptFail()
    {
        final List<ScriptOperation> script = IntStream.range(0, 500)
            .mapToObj(i -> ScriptOperation.of(ScriptOperation.Kind.TRIM, i)).collect(Collectors.toList());
        final List<Long> wanted = List.of(3L, 250L, 251L, 499L);
        final List<ScriptOperation> shortest = new ScriptMinimiser(
            operations -> ids(operations).containsAll(wanted), Long.MAX_VALUE / 2 + System.nanoTime()).minimise(script);
        assertEquals(wanted, ids(shortest));
    }

    @Test
    void shouldKeepAScriptThatDoesNotFailAgain()
    {
        final List<ScriptOperation> script = List.of(ScriptOperation.of(ScriptOperation.Kind.TRIM, 1));
        assertEquals(script, new ScriptMinimiser(operations -> false, System.nanoTime()).minimise(script));
    }

    private static List<Long> ids(final List<ScriptOperation> operations)
    {
        return operations.stream().map(ScriptOperation::id).collect(Collectors.toList());
    }
}
