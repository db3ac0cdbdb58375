package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.AbortMigration;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Change;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Named;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes reads back to the old shape, which was kept up all the time: all of them, or those of a tenant. One row changes; needs neither
 * coordinator nor Kafka.
 */
public final class RollBack {
    private final MigrationLog log;
    private final FlagLog flags;

    public RollBack(MigrationLog log, FlagLog flags) {
        this.log = log;
        this.flags = flags;
    }

    /**
     * Takes reads back.
     *
     * @param tenant only this one; null: all
     * @param reason why; stored and audited
     * @throws OperationRefused NOT_FOUND; ALREADY_DONE if all read the old shape
     */
    public RolledBack run(Actor actor, String name, @Nullable String tenant, String reason) {
        var stored = AbortMigration.known(log, name);
        var flag = flags.flag(name)
                .filter(FlagState::on)
                .orElseThrow(() -> new OperationRefused(
                        Code.ALREADY_DONE, "everybody reads the old shape of " + name + " already", null));
        var changed = tenant == null
                ? flags.change(
                        stored.id(),
                        stored.state(),
                        MigrationState.READY,
                        new Change(false, BigDecimal.ZERO, Map.of(), 0, reason),
                        actor)
                : flags.change(
                        stored.id(),
                        stored.state(),
                        MigrationState.CUTTING,
                        new Change(
                                true,
                                flag.percent(),
                                Map.of(tenant, new Named(false, reason)),
                                flags.step(stored.id())
                                        .map(FlagLog.StepOn::step)
                                        .orElse(0),
                                reason),
                        actor);
        return new RolledBack(stored.id(), name, changed, flags.readers(name));
    }

    /**
     * What was taken back, in the order of the JSON output; names and order are an interface.
     *
     * @param readers the instances of applications that have reported, with the version that each evaluates
     */
    public record RolledBack(long id, String name, FlagState flag, List<FlagLog.Reader> readers) {
        public RolledBack {
            readers = List.copyOf(readers);
        }
    }
}
