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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.quarry.alloc.Alignment;
import io.quarry.alloc.Layout;
import io.quarry.alloc.LayoutBuilder;
import io.quarry.alloc.LayoutError;

/**
 * The operations that layout vectors name, each from the text of its inputs to the text of its outputs.
 */
final class LayoutOperations
{
    private static final Map<String, Operation> BY_NAME = byName();

    /**
     * One operation on the fields of a row.
     */
    @FunctionalInterface
    interface Operation
    {
        /**
         * Runs the operation.
         *
         * @param inputs fields left of the result.
         * @return fields right of {@code ok}, between tabs.
         * @throws LayoutError         if the outcome is an error.
         * @throws FailedStepException if the outcome is an error of a step.
         * @throws BadInputException   if a field is not what the operation takes.
         */
        String apply(List<String> inputs);
    }

    /**
     * An operation of several steps failed.
     */
    static final class FailedStepException extends RuntimeException
    {
        private static final long serialVersionUID = 1L;
        private final int step;

        FailedStepException(final int step)
        {
            this.step = step;
        }

        int step()
        {
            return step;
        }
    }

    /**
     * A field of a row is not what the operation takes.
     */
    static final class BadInputException extends RuntimeException
    {
        private static final long serialVersionUID = 1L;

        BadInputException(final String wanted, final String got)
        {
            super(wanted + " wanted, got [" + got + "]");
        }
    }

    private LayoutOperations()
    {
    }

    static Operation named(final String name)
    {
        return BY_NAME.get(name);
    }

    static Set<String> names()
    {
        return BY_NAME.keySet();
    }

    private static Map<String, Operation> byName()
    {
        final Map<String, Operation> map = new TreeMap<>();
        putConstructors(map);
        putManipulations(map);
        map.put("equals", LayoutOperations::equal);
        map.put("repr_c", LayoutOperations::structure);
        map.put("chain", LayoutOperations::chain);
        return map;
    }

    private static void putConstructors(final Map<String, Operation> map)
    {
        map.put("from_size_align", LayoutOperations::fromSizeAlign);
        map.put("from_size_alignment", (in) -> text(Layout.of(number(in, 0), alignment(in, 1))));
        map.put("from_size_align_unchecked", (in) -> text(Layout.ofValid(number(in, 0), number(in, 1))));
        map.put("alignment_new", LayoutOperations::newAlignment);
        map.put("new", (in) -> text(RustType.layoutOf(in.get(0))));
        map.put("for_value", (in) -> text(Layout.forElements(layout(in, 0), number(in, 2))));
        map.put("for_value_raw", (in) -> text(Layout.forElements(layout(in, 0), number(in, 2))));
        map.put("array", (in) -> text(Layout.array(layout(in, 0), number(in, 2))));
    }

    private static void putManipulations(final Map<String, Operation> map)
    {
        map.put("dangling_ptr", (in) -> text(layout(in, 0).danglingAddress()));
        map.put("align_to", (in) -> text(layout(in, 0).alignTo(number(in, 2))));
        map.put("adjust_alignment_to", (in) -> text(layout(in, 0).adjustAlignmentTo(alignment(in, 2))));
        map.put("padding_needed_for", (in) -> text(layout(in, 0).paddingNeededFor(alignment(in, 2))));
        map.put("pad_to_align", (in) -> text(layout(in, 0).padToAlign()));
        map.put("repeat", LayoutOperations::repeat);
        map.put("repeat_packed", (in) -> text(layout(in, 0).repeatPacked(number(in, 2))));
        map.put("extend", LayoutOperations::extend);
        map.put("extend_packed", (in) -> text(layout(in, 0).extendPacked(layout(in, 2))));
    }

    private static String fromSizeAlign(final List<String> in)
    {
        final long size = number(in, 0);
        final long align = number(in, 1);
        final Layout layout = Layout.tryOf(size, align);
        if (Layout.isValid(size, align) != (null != layout))
        {
            throw new IllegalStateException("isValid=" + (null == layout) + ", tryOf=" + layout);
        }
        return text(Layout.of(size, align));
    }

    private static String newAlignment(final List<String> in)
    {
        final Alignment alignment = Alignment.of(number(in, 0));
        return alignment.value() + "\t" + alignment.log2() + "\t" + alignment.mask();
    }

    private static String repeat(final List<String> in)
    {
        final Layout.Repeated repeated = layout(in, 0).repeat(number(in, 2));
        return text(repeated.layout()) + "\t" + repeated.stride();
    }

    private static String extend(final List<String> in)
    {
        final Layout.Extended extended = layout(in, 0).extend(layout(in, 2));
        return text(extended.layout()) + "\t" + extended.offset();
    }

    private static String equal(final List<String> in)
    {
        final Layout one = layout(in, 0);
        final Layout other = layout(in, 2);
        final boolean equal = one.equals(other);
        if (equal && one.hashCode() != other.hashCode())
        {
            throw new IllegalStateException("hashCode=" + one.hashCode() + " and " + other.hashCode());
        }
        return Boolean.toString(equal);
    }

    private static String structure(final List<String> in)
    {
        final LayoutBuilder builder = new LayoutBuilder();
        final List<String> offsets = new ArrayList<>();
        if (!"-".equals(in.get(0)))
        {
            for (final String field : in.get(0).split(",", -1))
            {
                final Layout next = layout(List.of(field.split(":", -1)), 0);
                offsets.add(Long.toString(builder.extend(next.size(), next.align()).offset()));
            }
        }
        final String offsetList = offsets.isEmpty() ? "-" : String.join(",", offsets);
        return text(builder.padToAlign().toLayout()) + "\t" + offsetList;
    }

    private static String chain(final List<String> in)
    {
        Layout layout = layout(in, 0);
        final String[] steps = in.get(2).split(";", -1);
        for (int i = 0; i < steps.length; i++)
        {
            try
            {
                layout = step(layout, List.of(steps[i].split(":", -1)));
            }
            catch (final LayoutError ex)
            {
                throw new FailedStepException(i);
            }
        }
        return text(layout);
    }

    private static Layout step(final Layout layout, final List<String> step)
    {
        switch (step.get(0))
        {
            case "E":
                return layout.extend(layout(step, 1)).layout();
            case "X":
                return layout.extendPacked(layout(step, 1));
            case "R":
                return layout.repeat(number(step, 1)).layout();
            case "K":
                return layout.repeatPacked(number(step, 1));
            case "A":
                return layout.alignTo(number(step, 1));
            case "P":
                return layout.padToAlign();
            default:
                throw new BadInputException("a step E, X, R, K, A or P", String.join(":", step));
        }
    }

    private static String text(final Layout layout)
    {
        return layout.size() + "\t" + layout.align();
    }

    private static String text(final long number)
    {
        return Long.toString(number);
    }

    private static long number(final List<String> in, final int index)
    {
        if (index >= in.size())
        {
            throw new BadInputException("a number more", String.join(":", in));
        }
        try
        {
            return Long.parseLong(in.get(index));
        }
        catch (final NumberFormatException ex)
        {
            throw new BadInputException("a 64-bit number", in.get(index));
        }
    }

    private static Layout layout(final List<String> in, final int index)
    {
        final long size = number(in, index);
        final long align = number(in, index + 1);
        final Layout layout = Layout.tryOf(size, align);
        if (null == layout)
        {
            throw new BadInputException("a valid layout", size + ":" + align);
        }
        return layout;
    }

    private static Alignment alignment(final List<String> in, final int index)
    {
        final Alignment alignment = Alignment.tryOf(number(in, index));
        if (null == alignment)
        {
            throw new BadInputException("a power of two", in.get(index));
        }
        return alignment;
    }
}
