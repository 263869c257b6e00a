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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The error hook, H1 to H8, and the one divergence: an error is thrown where Rust ends the program.
 */
class AllocErrorHookTest
{
    private static final Layout LAYOUT = new Layout(1234, 8);

    private final List<Layout> told = new ArrayList<>();

    @AfterEach
    void putDefaultHookBack()
    {
        Alloc.takeAllocErrorHook();
    }

    @Test
    void h01ShouldCallTheHookAndNeverReturn()
    {
        Alloc.setAllocErrorHook(told::add);
        final OffHeapMemoryError error =
            assertThrows(OffHeapMemoryError.class, () -> Alloc.handleAllocError(LAYOUT));
        assertEquals(List.of(LAYOUT), told);
        assertEquals(LAYOUT, error.layout());
        assertInstanceOf(OutOfMemoryError.class, error);
        assertEquals("memory allocation of 1234 bytes failed (alignment=8)", error.getMessage());
    }

    @Test
    void h01ShouldLetThroughWhatTheHookThrows()
    {
        final Error thrown = new AssertionError("from the hook");
        Alloc.setAllocErrorHook(layout ->
        {
            throw thrown;
        });
        assertSame(thrown, assertThrows(AssertionError.class, () -> Alloc.handleAllocError(LAYOUT)));
    }

    @Test
    void h01ShouldServeOnAfterAHookThatFillsTheStack()
    {
        final AllocErrorHook filling = new AllocErrorHook()
        {
            @Override
            public void onAllocError(final Layout layout)
            {
                onAllocError(layout);
                told.add(layout);
            }
        };
        Alloc.setAllocErrorHook(filling);
        assertThrows(StackOverflowError.class, () -> Alloc.handleAllocError(LAYOUT));
        assertSame(filling, Alloc.takeAllocErrorHook());
        Alloc.setAllocErrorHook(told::add);
        assertThrows(OffHeapMemoryError.class, () -> Alloc.handleAllocError(LAYOUT));
        assertEquals(List.of(LAYOUT), told);
    }

    @Test
    void h01ShouldHaltWithTheStatusOfAnAbortWhereThatIsAskedFor()
    {
        final ForkedJvm.Result result = program().flags("-Dquarry.allocError=halt").run(Fail.class);
        assertEquals(new ForkedJvm.Result(134, "", "memory allocation of 1234 bytes failed\n"), result);
    }

    @Test
    void h02ShouldKeepTheHookAfterUse()
    {
        Alloc.setAllocErrorHook(layout ->
        {
            told.add(layout);
            throw new IllegalStateException();
        });
        assertThrows(IllegalStateException.class, () -> Alloc.handleAllocError(LAYOUT));
        assertThrows(IllegalStateException.class, () -> Alloc.handleAllocError(LAYOUT));
        assertEquals(2, told.size());
    }

    @Test
    void h03ShouldWriteOneLineByDefaultWhateverSystemErrIs()
    {
        final ForkedJvm.Result result = program().run(Fail.class);
        assertEquals(new ForkedJvm.Result(0, "OffHeapMemoryError", "memory allocation of 1234 bytes failed\n"), result);
    }

    @Test
    void h03ShouldWriteSizesOfAnyLength()
    {
        final ForkedJvm.Result result = program().run(Sizes.class);
        assertEquals("memory allocation of 0 bytes failed\nmemory allocation of 10 bytes failed\n" +
            "memory allocation of 9223372036854775807 bytes failed\n", result.err());
    }

    @Test
    void h04ShouldReplaceTheHook() throws InterruptedException
    {
        final List<Layout> first = new ArrayList<>();
        Alloc.setAllocErrorHook(first::add);
        final Thread other = new Thread(() -> Alloc.setAllocErrorHook(told::add));
        other.start();
        other.join();
        assertThrows(OffHeapMemoryError.class, () -> Alloc.handleAllocError(LAYOUT));
        assertEquals(List.of(LAYOUT), told);
        assertTrue(first.isEmpty());
        assertThrows(NullPointerException.class, () -> Alloc.setAllocErrorHook(null));
        assertThrows(OffHeapMemoryError.class, () -> Alloc.handleAllocError(LAYOUT));
        assertEquals(2, told.size());
    }

    @Test
    void h05ShouldGiveTheHookAndPutTheDefaultBack()
    {
        final AllocErrorHook hook = told::add;
        Alloc.setAllocErrorHook(hook);
        assertSame(hook, Alloc.takeAllocErrorHook());
        final AllocErrorHook standard = Alloc.takeAllocErrorHook();
        assertNotNull(standard);
        assertSame(standard, Alloc.takeAllocErrorHook());
        assertTrue(standard instanceof DefaultAllocErrorHook, standard.toString());
        assertTrue(told.isEmpty());
    }

    @Test
    void h06ShouldDoNoHarmWhenTakenAndCalledWithoutAFailure()
    {
        final ForkedJvm.Result result = program().run(Taken.class);
        assertEquals(new ForkedJvm.Result(0, "going on", "memory allocation of 1234 bytes failed\n"), result);
    }

    @Test
    void h07ShouldNotBeCalledByAnAllocatorThatFails()
    {
        Alloc.setAllocErrorHook(told::add);
        final long tooMuch = Long.MAX_VALUE - 7;
        assertThrows(AllocError.class, () -> Global.INSTANCE.allocate(tooMuch, 8));
        assertThrows(AllocError.class, () -> Global.INSTANCE.allocateZeroed(tooMuch, 8));
        assertThrows(AllocError.class, () -> SystemAllocator.INSTANCE.allocate(tooMuch, 8));
        assertEquals(Allocator.NULL, Alloc.alloc(tooMuch, 8));
        assertEquals(Allocator.NULL, Alloc.allocZeroed(tooMuch, 8));
        final long address = Alloc.alloc(8, 8);
        assertEquals(Allocator.NULL, Alloc.realloc(address, 8, 8, tooMuch));
        Alloc.dealloc(address, 8, 8);
        assertTrue(told.isEmpty());
    }

    @Test
    void h08ShouldTakeAnyLayout()
    {
        Alloc.setAllocErrorHook(told::add);
        for (final Layout layout : new Layout[]{
            new Layout(0, 1), new Layout(0, Long.MIN_VALUE), new Layout(Long.MAX_VALUE, 1) })
        {
            assertThrows(OffHeapMemoryError.class, () -> Alloc.handleAllocError(layout));
            assertSame(layout, told.get(told.size() - 1));
        }
        assertThrows(NullPointerException.class, () -> Alloc.handleAllocError(null));
    }

    private static ForkedJvm program()
    {
        return ForkedJvm.withClassesOf(Alloc.class, AllocErrorHookTest.class);
    }

    static final class Fail
    {
        public static void main(final String[] args)
        {
            System.setErr(System.out);
            try
            {
                throw Alloc.handleAllocError(LAYOUT);
            }
            catch (final OffHeapMemoryError ex)
            {
                System.out.print(ex.getClass().getSimpleName());
            }
        }
    }

    static final class Sizes
    {
        public static void main(final String[] args)
        {
            final AllocErrorHook hook = Alloc.takeAllocErrorHook();
            hook.onAllocError(new Layout(0, 8));
            hook.onAllocError(new Layout(10, 8));
            hook.onAllocError(new Layout(Long.MAX_VALUE, 1));
        }
    }

    static final class Taken
    {
        public static void main(final String[] args)
        {
            Alloc.takeAllocErrorHook().onAllocError(LAYOUT);
            System.out.print("going on");
        }
    }
}
