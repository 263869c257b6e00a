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
package io.quarry.perf;

import io.quarry.alloc.AbstractRegionAllocator;
import io.quarry.alloc.Region;
import io.quarry.alloc.RegionClaim;
import io.quarry.alloc.buddy.BuddyAllocator;
import io.quarry.alloc.buddy.ConcurrentBuddyAllocator;
import io.quarry.alloc.buddy.RunAllocator;
import io.quarry.alloc.slab.ConcurrentSlabAllocator;
import io.quarry.alloc.slab.Heap;
import io.quarry.alloc.slab.SlabAllocator;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * The JIT compiler inlines a hot method of up to 325 bytecodes, HotSpot's FreqInlineSize. What runs on every call stays
 * well below that, and what runs on slow paths stays below it too.
 */
class HotMethodSizeTest
{
    private static final int FREQ_INLINE_SIZE = 325;

    /** Room for a caller's own code when one of these is inlined into it with what it calls. */
    private static final int EVERY_CALL = 200;

    private static final Map<Class<?>, String[]> EVERY_CALL_METHODS = Map.of(
        SlabAllocator.class.getSuperclass(), new String[]{
            "allocate", "alloc", "deallocate", "dealloc", "grow", "realloc", "resizeSlot" },
        SlabAllocator.class, new String[]{ "pop", "push", "isLive" },
        Heap.class, new String[]{ "pop", "push", "isLive" },
        ConcurrentSlabAllocator.class, new String[]{ "allocate", "alloc", "deallocate", "dealloc", "grow", "realloc" },
        AbstractRegionAllocator.class, new String[]{ "allocate", "deallocate", "grow", "shrink", "realloc" },
        RunAllocator.class, new String[]{ "takeBlock", "returnBlock", "blockLength", "resizeBlock" },
        BuddyAllocator.class, new String[]{ "takeBlock", "returnBlock", "blockLength", "resizeBlock" },
        ConcurrentBuddyAllocator.class, new String[]{
            "takeBlock", "returnBlock", "blockLength", "resizeBlock", "realloc", "take" },
        RegionClaim.class, new String[]{ "copy", "zero" },
        Region.class, new String[]{ "buffer", "bufferOffset" });

    private static final String[] CALLED_FROM_THEM =
    {
        "io.quarry.alloc.slab.SizeClasses", "io.quarry.alloc.slab.SlabTable", "io.quarry.alloc.slab.SlabUnit",
        "io.quarry.alloc.slab.SlabUnits", "io.quarry.alloc.slab.SharedSlabs", "io.quarry.alloc.slab.SlabHints",
        "io.quarry.alloc.slab.HintTree", "io.quarry.alloc.slab.HeapTable", "io.quarry.alloc.slab.HeapCache",
        "io.quarry.alloc.slab.HeapBacking", "io.quarry.alloc.slab.CombinedFrees",
        "io.quarry.alloc.slab.Magazines", "io.quarry.alloc.slab.BitTree", "io.quarry.alloc.buddy.RunSpace",
        "io.quarry.alloc.buddy.RunFit", "io.quarry.alloc.buddy.RunBins", "io.quarry.alloc.buddy.RunMap",
        "io.quarry.alloc.buddy.ParkedRuns", "io.quarry.alloc.buddy.RadixWords", "io.quarry.alloc.buddy.RadixLevel",
        "io.quarry.alloc.buddy.ConcurrentWords", "io.quarry.alloc.buddy.ConcurrentLevel",
        "io.quarry.alloc.buddy.HintTree", "io.quarry.alloc.buddy.Stripes", "io.quarry.alloc.buddy.Transit",
        "io.quarry.alloc.buddy.RunClaim", "io.quarry.alloc.buddy.UnitSweep", "io.quarry.alloc.buddy.AtomicExtents",
        "io.quarry.alloc.buddy.AtomicBits", "io.quarry.alloc.buddy.UnitGrid",
        "io.quarry.alloc.buddy.RunSearch", "io.quarry.alloc.RegionBytes",
    };

    @TestFactory
    Stream<DynamicTest> shouldKeepWhatRunsOnEveryCallSmall()
    {
        return EVERY_CALL_METHODS.entrySet().stream().flatMap(entry -> Stream.of(entry.getValue()).map(method ->
            DynamicTest.dynamicTest(entry.getKey().getSimpleName() + "." + method, () ->
                assertAtMost(EVERY_CALL, entry.getKey().getName(), method))));
    }

    @TestFactory
    Stream<DynamicTest> shouldKeepWhatTheyCallInlinable()
    {
        return Stream.of(CALLED_FROM_THEM).map(name -> DynamicTest.dynamicTest(name, () ->
            sizes(name).forEach((method, size) -> assertTrue(
                method.startsWith("<") || size <= FREQ_INLINE_SIZE, method + " has " + size + " bytecodes"))));
    }

    @Test
    void shouldNoticeALargeMethod() throws IOException
    {
        assertTrue(sizes("java.util.regex.Pattern").values().stream().anyMatch(size -> size > FREQ_INLINE_SIZE));
    }

    private static void assertAtMost(final int most, final String className, final String method) throws IOException
    {
        final Map<String, Integer> sizes = new TreeMap<>(sizes(className));
        sizes.keySet().removeIf(name -> !name.startsWith(method + "("));
        assertFalse(sizes.isEmpty(), className + " has no method " + method);
        sizes.forEach((name, size) -> assertTrue(size <= most, name + " has " + size + " bytecodes, most=" + most));
    }

    /** Bytecodes by method name and descriptor, the larger figure where the constant pool's order decides. */
    private static Map<String, Integer> sizes(final String className) throws IOException
    {
        final Map<String, Integer> sizes = new TreeMap<>();
        try (InputStream in = ClassLoader.getSystemResourceAsStream(className.replace('.', '/') + ".class"))
        {
            if (null == in)
            {
                return fail("no class " + className);
            }
            new ClassReader(in).accept(new SizeVisitor(sizes), 0);
        }
        return sizes;
    }

    private static final class SizeVisitor extends ClassVisitor
    {
        private final Map<String, Integer> sizes;

        SizeVisitor(final Map<String, Integer> sizes)
        {
            super(Opcodes.ASM9);
            this.sizes = sizes;
        }

        @Override
        public MethodVisitor visitMethod(
            final int access, final String name, final String descriptor, final String signature, final String[] thrown)
        {
            return new CodeSizeEvaluator(Opcodes.ASM9, null)
            {
                @Override
                public void visitEnd()
                {
                    sizes.put(name + descriptor, getMaxSize());
                }
            };
        }
    }
}
