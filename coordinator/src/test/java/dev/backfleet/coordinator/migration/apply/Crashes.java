package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.coordinator.migration.apply.ApplyMigration.Applied;
import dev.backfleet.coordinator.operation.Actor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Crashes once: before or after the effect of a call of a port. */
final class Crashes {
    private final int at;
    private int calls;

    Crashes(int at) {
        this.at = at;
    }

    <T> T in(Class<T> port, T real) {
        return port.cast(
                Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    crash();
                    try {
                        var result = method.invoke(real, arguments);
                        crash();
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private void crash() {
        if (++calls == at) {
            throw new Crash();
        }
    }

    /** Applies a file with the crash on the way. */
    Applied apply(String file, FakeMigration world) throws InterruptedException {
        return FakeMigration.apply(
                        in(MigrationLog.class, world),
                        in(MigrationJobs.class, world),
                        FakeMigration.tables(world.table(in(StepExecutor.class, world))),
                        world)
                .run(Actor.commandLine("ann"), FakeMigration.file(file), true, new RecordedProgress());
    }

    /** The end of the process. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}
