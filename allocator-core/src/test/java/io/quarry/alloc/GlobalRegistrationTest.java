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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Registration, R1 to R4, and what it must not run into, G10 and G11: a program registers once, so each case is a
 * program of its own, in {@link GlobalPrograms}.
 */
class GlobalRegistrationTest
{
    private static final String PROPERTY = "-Dquarry.globalAllocator=";
    private static final String ONE = GlobalPrograms.One.class.getName();
    private static final String TWO = GlobalPrograms.Two.class.getName();

    @TempDir
    Path classPath;

    @Test
    void r01s02ShouldGoToTheAllocatorThatCodeRegistered()
    {
        assertPrints("One", jvm(), "register", "use");
    }

    @Test
    void r01ShouldGoToTheAllocatorThatThePropertyNames()
    {
        assertPrints("One", jvm().flags(PROPERTY + ONE), "use");
    }

    @Test
    void r01ShouldGoToTheAllocatorThatAServiceIs() throws IOException
    {
        provide(ONE);
        assertPrints("One", jvm().classPath(classPath), "use");
    }

    @Test
    void r01ShouldRefuseASecondRegistration()
    {
        assertPrints("ISE names One Two|One", jvm(), "register", "registerTwo", "use");
    }

    @Test
    void r01ShouldRefuseTheSameInstanceTwice()
    {
        assertPrints("ISE names One|One", jvm(), "register", "registerAgain", "use");
    }

    @Test
    void r01ShouldLetOneOfManyThreadsRegister()
    {
        assertPrints("1 of 8", jvm(), "registerRace");
    }

    @Test
    void r01ShouldRefuseCodeBesideTheProperty()
    {
        assertPrints("ISE names One Two|One", jvm().flags(PROPERTY + ONE), "registerTwo", "use");
    }

    @Test
    void r01ShouldRefuseCodeBesideAService() throws IOException
    {
        provide(ONE);
        assertPrints("ISE names One Two|One", jvm().classPath(classPath), "registerTwo", "use");
    }

    @Test
    void r01ShouldRefuseTwoServices() throws IOException
    {
        provide(ONE + "\n" + TWO);
        assertPrints("ISE names One Two|ISE names One Two", jvm().classPath(classPath), "use", "use");
    }

    @Test
    void r01ShouldRefuseAServiceBesideTheProperty() throws IOException
    {
        provide(TWO);
        assertPrints("ISE names One Two", jvm().flags(PROPERTY + ONE).classPath(classPath), "use");
    }

    @ParameterizedTest
    @ValueSource(strings = { "use", "useAlloc", "realloc" })
    void r02ShouldFreezeTheDefaultAtTheFirstUse(final String use)
    {
        assertPrints("System|ISE names One System|System", jvm(), use, "register", "use");
    }

    @Test
    void r02ShouldNotTakeWhatNeedsNoMemoryForAUse()
    {
        assertPrints("quiet|One", jvm(), "quiet", "register", "use");
    }

    @ParameterizedTest
    @ValueSource(strings = { "registerOneThread", "registerOneThreadAdapted" })
    void r03g11ShouldRefuseAnAllocatorThatIsNotThreadSafe(final String register)
    {
        assertPrints("IAE isThreadSafe=false|System", jvm(), register, "use");
    }

    @Test
    void r03g11ShouldRefuseAProviderThatIsNotThreadSafe()
    {
        assertPrints("ISE names OneThread|ISE names OneThread|made 1",
            jvm().flags(PROPERTY + GlobalPrograms.OneThread.class.getName()), "use", "use", "made");
    }

    @Test
    void r03ShouldRefuseNull()
    {
        assertPrints("NullPointerException|System", jvm(), "registerNull", "use");
    }

    @Test
    void r04ShouldGoToTheSystemByDefault()
    {
        assertPrints("System", jvm(), "use");
    }

    @ParameterizedTest
    @ValueSource(strings = { "no.such.Class", "java.lang.String", "io.quarry.alloc.GlobalPrograms$Broken" })
    void shouldTellWhatIsWrongWithTheProperty(final String name)
    {
        final String simple = name.substring(name.lastIndexOf('.') + 1).replaceFirst(".*\\$", "");
        assertPrints("ISE names " + simple + "|ISE names " + simple, jvm().flags(PROPERTY + name), "use", "use");
    }

    @Test
    void g10ShouldRefuseAProviderThatUsesGlobalWhenMade()
    {
        assertPrints("ISE must not use it", jvm().flags(PROPERTY + GlobalPrograms.Reentrant.class.getName()), "use");
    }

    @ParameterizedTest
    @ValueSource(strings = { "registerGlobal", "registerGlobalLocked", "registerGlobalSecond", "registerGlobalDeep" })
    void g10ShouldRefuseAnAllocatorThatGoesToGlobal(final String register)
    {
        assertPrints("IAE call itself|System", jvm(), register, "use");
    }

    /** The thread is told; with that the provider goes on, and is in force. */
    @Test
    void g10ShouldTellAThreadThatItsProviderWaitsFor()
    {
        assertPrints("Joining|told|Joining",
            jvm().flags(PROPERTY + GlobalPrograms.Joining.class.getName()), "impatient", "use", "told", "use");
    }

    /** It sleeps for longer than one that waits for another thread is borne with. */
    @Test
    void shouldWaitForAProviderThatTakesItsTime()
    {
        assertPrints("made 1 for 8",
            jvm().flags(PROPERTY + GlobalPrograms.Counted.class.getName()), "impatient", "useRace");
    }

    @Test
    void shouldMakeAProviderThatFailsOnce()
    {
        assertPrints("ISE names Broken|ISE names Broken|made 1",
            jvm().flags(PROPERTY + GlobalPrograms.Broken.class.getName()), "use", "useAlloc", "made");
    }

    @Test
    void shouldMakeAServiceThatFailsOnce() throws IOException
    {
        provide(GlobalPrograms.Broken.class.getName());
        assertPrints("ISE names Broken|ISE names Broken|made 1", jvm().classPath(classPath), "use", "useAlloc", "made");
    }

    /** One thread has the provider's class initialiser, which comes here; another comes here and needs that class. */
    @Test
    void g10ShouldNotDeadlockWithTheProvidersClassInitialiser()
    {
        assertPrints("Slow", jvm().flags(PROPERTY + GlobalPrograms.Slow.class.getName()), "initialiseAndUse");
    }

    /** As before, but the class is one that the provider's constructor needs. */
    @Test
    void g10ShouldNotDeadlockWithAClassThatTheProviderNeeds()
    {
        assertPrints("Needy", jvm().flags(PROPERTY + GlobalPrograms.Needy.class.getName()), "initialiseNeeded");
    }

    @Test
    void shouldMakeTheProviderOnceForManyThreads()
    {
        assertPrints("made 1 for 8", jvm().flags(PROPERTY + GlobalPrograms.Counted.class.getName()), "useRace");
    }

    @Test
    void s01ShouldKeepTheSystemUsableBesideTheRegistered()
    {
        assertPrints("One|apart", jvm(), "register", "use", "system");
    }

    private void provide(final String lines) throws IOException
    {
        final Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
        Files.writeString(services.resolve(GlobalAlloc.class.getName()), lines + "\n");
    }

    private static ForkedJvm jvm()
    {
        return ForkedJvm.withClassesOf(Global.class, GlobalPrograms.class);
    }

    private static void assertPrints(final String expected, final ForkedJvm jvm, final String... steps)
    {
        final ForkedJvm.Result result = jvm.run(GlobalPrograms.class, steps);
        assertEquals(0, result.status(), result.err());
        assertEquals(expected, result.out());
        assertTrue(result.err().isEmpty(), result.err());
    }
}
