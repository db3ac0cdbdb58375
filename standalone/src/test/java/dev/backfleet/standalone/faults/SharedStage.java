package dev.backfleet.standalone.faults;

import dev.backfleet.standalone.stack.StackOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One stage for all classes whose tests need no settings of their own: opened by the first, closed after the last. */
final class SharedStage implements BeforeAllCallback {
    static final int ROWS = 80_000;
    static final int WORKERS = 3;

    private @Nullable Stage stage;

    @Override
    public void beforeAll(ExtensionContext context) {
        stage = context.getRoot()
                .getStore(Namespace.create(SharedStage.class))
                .getOrComputeIfAbsent(Stage.class, key -> open(), Stage.class);
    }

    /** The stage with all processes running, and unchanged rows. */
    Stage ready() throws Exception {
        var shared = Objects.requireNonNull(stage);
        shared.table().run("update packages set n = 0, src = 0, at = null where n <> 0 or src <> 0");
        shared.restoreStrength();
        return shared;
    }

    // Leases are short, so that a frozen worker loses its shards soon; control timeouts are long, so that it is the
    // fence which stops it when it wakes, and not its own caution.
    private static Stage open() {
        try {
            var opened = Stage.open(
                    StackOptions.fast()
                            .with("BACKFLEET_SHARD_LEASE", "2s")
                            .with("BACKFLEET_REDISPATCH_AFTER", "2s")
                            .with("BACKFLEET_CONTROL_SILENCE", "5m")
                            .with("BACKFLEET_COORDINATOR_SILENCE", "5m"),
                    WORKERS,
                    ROWS);
            opened.table().run("alter table packages add src integer not null default 0, add at timestamptz");
            return opened;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
