package io.tollkeeper.localcluster;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Sends a POSIX signal to a process or to its group, which the JDK cannot do by itself. */
enum Signals {
    KILL(9),
    TERM(15),
    CONT(18),
    STOP(19);

    @SuppressWarnings("restricted") // A native call; it is kill(2) with two ints.
    private static final MethodHandle NATIVE_KILL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private final int number;

    Signals(int number) {
        this.number = number;
    }

    /** Signals one process. A process that is already gone is no error. */
    void toProcess(long pid) {
        send(Math.toIntExact(pid));
    }

    /** Signals every process of the group that {@code leader} leads. */
    void toGroup(long leader) {
        send(-Math.toIntExact(leader));
    }

    private void send(int target) {
        if (target >= -1 && target <= 1) {
            throw new IllegalArgumentException("expected a process of ours, got " + target);
        }
        try {
            var _ = (int) NATIVE_KILL.invokeExact(target, number);
        } catch (Throwable e) {
            throw new IllegalStateException("kill(2) cannot be called", e);
        }
    }
}
