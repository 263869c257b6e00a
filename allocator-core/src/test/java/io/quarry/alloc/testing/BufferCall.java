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

import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One call of a method of {@link MutableDirectBuffer}. Its arguments come from a seed, so that two buffers can be given
 * equal ones, none of them shared. The methods come from the interface itself, so none is forgotten.
 */
final class BufferCall
{
    /** All methods that a buffer has, in an order that doesn't depend on the JVM. */
    static final List<Method> METHODS = Stream.of(MutableDirectBuffer.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .sorted(Comparator.comparing(Method::toString)).collect(Collectors.toUnmodifiableList());

    /** Those of them that read digits. */
    static final List<Method> PARSERS = METHODS.stream()
        .filter(method -> method.getName().startsWith("parse")).collect(Collectors.toUnmodifiableList());

    private static final int LONGEST_ARGUMENT = 300;
    private static final String DIGITS = "0123456789";
    private static final String CHARACTERS = DIGITS + DIGITS + "-+.azAZ ?\u0001\u007f\u0080\u00e9\u20ac";

    private final Method method;
    private final long seed;
    private final int capacity;
    private final int[] recent;

    /**
     * Makes a call.
     *
     * @param method   one of {@link #METHODS}.
     * @param seed     of the arguments.
     * @param capacity of the buffers it will be made on: indices are drawn around it.
     * @param recent   indices and lengths that calls before had or returned, some of which it takes again.
     */
    BufferCall(final Method method, final long seed, final int capacity, final int... recent)
    {
        this.method = method;
        this.seed = seed;
        this.capacity = capacity;
        this.recent = recent.clone();
    }

    Method method()
    {
        return method;
    }

    /** Whether it only says that it is unsupported, as for every buffer that expands. */
    static boolean isWrap(final Method method)
    {
        return "wrap".equals(method.getName());
    }

    /** Whether it makes a buffer larger that is too short for it. */
    static boolean isWrite(final Method method)
    {
        return method.getName().startsWith("put") || "setMemory".equals(method.getName()) ||
            "checkLimit".equals(method.getName());
    }

    /** The first argument, if that is an index; else 0. */
    int index()
    {
        final Class<?>[] types = method.getParameterTypes();
        return types.length > 0 && int.class == types[0] ? (int)argument(new SplittableRandom(seed), 0, null) : 0;
    }

    /**
     * Whether the outcome may depend on how far a buffer grows: it copies within the buffer, from bytes past its end,
     * which are looked for when the buffer has grown.
     *
     * @param buffer that it would be made on.
     * @return whether no other buffer needs to do the same.
     */
    boolean readsWhatItGrows(final MutableDirectBuffer buffer)
    {
        final Object[] arguments = arguments(buffer);
        if (4 != arguments.length || buffer != arguments[1])
        {
            return false;
        }
        final int source = (int)arguments["getBytes".equals(method.getName()) ? 0 : 2];
        return source + (long)(int)arguments[3] > capacity;
    }

    /**
     * Makes the call.
     *
     * @param buffer to call.
     * @return what came of it.
     */
    Outcome on(final MutableDirectBuffer buffer)
    {
        final ByteBuffer ownView = buffer.byteBuffer();
        final Object[] arguments = arguments(buffer);
        Object result = null;
        Class<?> thrown = null;
        try
        {
            result = method.invoke(buffer, arguments);
        }
        catch (final InvocationTargetException ex)
        {
            thrown = ex.getCause().getClass();
        }
        catch (final IllegalAccessException ex)
        {
            throw new IllegalStateException(ex);
        }
        final List<Object> after = new ArrayList<>();
        for (final Object argument : arguments)
        {
            // A view from before a growth shows what it shows.
            after.add(argument == buffer ? "this" : argument == ownView ? ownView.position() : contentOf(argument));
        }
        return new Outcome(result instanceof ByteBuffer ? contentOf(result) : result, thrown, after);
    }

    /**
     * Makes the call where every access must be refused. What has a text of null to write, and so writes nothing, may
     * return.
     *
     * @param closed buffer to call.
     * @return whether it was.
     */
    boolean isRefusedBy(final MutableDirectBuffer closed)
    {
        final ExpandableArrayBuffer alive = new ExpandableArrayBuffer(16);
        final Object[] arguments = arguments(alive);
        try
        {
            method.invoke(closed, arguments);
            return Arrays.asList(arguments).contains(null);
        }
        catch (final InvocationTargetException ex)
        {
            return ex.getCause() instanceof RuntimeException;
        }
        catch (final IllegalAccessException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /** What came of a call: the result or what was thrown, and the arguments as they are now. */
    record Outcome(Object result, Class<?> thrown, List<Object> arguments)
    {
    }

    private static Object contentOf(final Object argument)
    {
        if (argument instanceof byte[])
        {
            return Arrays.toString((byte[])argument);
        }
        if (argument instanceof ByteBuffer)
        {
            final ByteBuffer buffer = (ByteBuffer)argument;
            final byte[] bytes = new byte[buffer.capacity()];
            buffer.duplicate().clear().get(bytes);
            return buffer.order() + " " + buffer.position() + " " + buffer.limit() + " " + Arrays.toString(bytes);
        }
        if (argument instanceof DirectBuffer)
        {
            final byte[] bytes = new byte[((DirectBuffer)argument).capacity()];
            ((DirectBuffer)argument).getBytes(0, bytes);
            return Arrays.toString(bytes);
        }
        return argument instanceof StringBuilder ? argument.toString() : argument;
    }

    private Object[] arguments(final MutableDirectBuffer buffer)
    {
        final SplittableRandom random = new SplittableRandom(seed);
        final Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++)
        {
            arguments[i] = argument(random, i, buffer);
        }
        return arguments;
    }

    private Object argument(final SplittableRandom random, final int position, final MutableDirectBuffer buffer)
    {
        final Class<?> type = method.getParameterTypes()[position];
        if (type.isPrimitive())
        {
            return isValue(position) || int.class != type ? value(random, type) : index(random, position);
        }
        if (random.nextInt(40) == 0)
        {
            return null;
        }
        if (ByteOrder.class == type)
        {
            return random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        }
        if (String.class == type || CharSequence.class == type)
        {
            final String text = text(random);
            return String.class == type || random.nextBoolean() ? text : new StringBuilder(text);
        }
        if (Appendable.class == type)
        {
            return new StringBuilder("x");
        }
        if (byte[].class == type)
        {
            return bytes(random);
        }
        return ByteBuffer.class == type ? byteBuffer(random, buffer) : directBuffer(random, buffer);
    }

    /** An int that is neither index nor length. */
    private boolean isValue(final int position)
    {
        switch (method.getName())
        {
            case "putInt":
            case "putIntAscii":
            case "putNaturalIntAscii":
                return 1 == position;
            case "putNaturalPaddedIntAscii":
                return 2 == position;
            case "putNaturalIntAsciiFromEnd":
                return 0 == position;
            default:
                return false;
        }
    }

    private Object value(final SplittableRandom random, final Class<?> type)
    {
        // All lengths in digits are equally likely; what a method calls natural isn't negative.
        final boolean natural = method.getName().contains("Natural");
        final long bits = random.nextInt(8) == 0 ? extreme(random, type) : random.nextLong() >> random.nextInt(64);
        if (long.class == type)
        {
            return natural ? bits & Long.MAX_VALUE : bits;
        }
        if (int.class == type)
        {
            return natural ? (int)bits & Integer.MAX_VALUE : (int)bits;
        }
        if (double.class == type)
        {
            return Double.longBitsToDouble(bits);
        }
        if (float.class == type)
        {
            return Float.intBitsToFloat((int)bits);
        }
        if (short.class == type)
        {
            return (short)bits;
        }
        return char.class == type ? (Object)(char)bits : (Object)(byte)bits;
    }

    private static long extreme(final SplittableRandom random, final Class<?> type)
    {
        final long most = int.class == type ? Integer.MAX_VALUE : Long.MAX_VALUE;
        return new long[]{ 0, -1, most, -most - 1, 9, 10, 999_999_999, 1_000_000_000 }[random.nextInt(8)];
    }

    private int index(final SplittableRandom random, final int position)
    {
        switch (random.nextInt(32))
        {
            case 0:
                return -1 - random.nextInt(20);
            case 1:
                // Past the largest buffer: Agrona's would really be made that large.
                return Integer.MAX_VALUE - random.nextInt(8);
            case 2:
                return capacity + random.nextInt(2 * capacity + 64);
            case 3:
            case 4:
            case 5:
                return Math.max(capacity - 16, 0) + random.nextInt(32);
            case 6:
            case 7:
            case 8:
            case 9:
            case 10:
            case 11:
            case 12:
            case 13:
            case 14:
            case 15:
                return recent(random, position);
            case 16:
            case 17:
            case 18:
            case 19:
                return random.nextInt(capacity + 1);
            default:
                return random.nextInt(Math.min(capacity, 40) + 1);
        }
    }

    /** Often the place of the call before, and what it returned as a length. */
    private int recent(final SplittableRandom random, final int position)
    {
        if (recent.length < 2)
        {
            return 0;
        }
        return recent[position < 2 && random.nextInt(4) > 0 ? 1 - position : random.nextInt(recent.length)];
    }

    private static String text(final SplittableRandom random)
    {
        final String characters = random.nextBoolean() ? DIGITS : CHARACTERS;
        final StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(random.nextInt(8) == 0 ? LONGEST_ARGUMENT : 24); left > 0; left--)
        {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        return text.toString();
    }

    private static byte[] bytes(final SplittableRandom random)
    {
        if (random.nextInt(4) == 0)
        {
            return text(random).getBytes(StandardCharsets.UTF_8);
        }
        final byte[] bytes = new byte[random.nextInt(random.nextInt(4) == 0 ? LONGEST_ARGUMENT : 40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer byteBuffer(final SplittableRandom random, final MutableDirectBuffer buffer)
    {
        if (random.nextInt(4) == 0)
        {
            final ByteBuffer own = buffer.byteBuffer();
            return null == own ? ByteBuffer.allocate(16) : own.clear();
        }
        final byte[] bytes = bytes(random);
        final ByteBuffer made = random.nextBoolean() ? ByteBuffer.allocate(bytes.length + 3).position(3).slice() :
            ByteBuffer.allocateDirect(bytes.length);
        return made.put(bytes).position(random.nextInt(bytes.length + 1));
    }

    private static DirectBuffer directBuffer(final SplittableRandom random, final MutableDirectBuffer buffer)
    {
        final byte[] bytes = bytes(random);
        switch (random.nextInt(4))
        {
            case 0:
                return buffer;
            case 1:
                final ExpandableArrayBuffer expandable = new ExpandableArrayBuffer(bytes.length);
                expandable.putBytes(0, bytes);
                return expandable;
            case 2:
                return new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length).put(bytes).clear());
            default:
                return new UnsafeBuffer(bytes);
        }
    }

    @Override
    public String toString()
    {
        return method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
            .collect(Collectors.joining(", ", "(", ")")) + " arguments' seed=" + seed + " capacity=" + capacity +
            " recent=" + Arrays.toString(recent);
    }
}
