package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Change;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Named;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes reads back to the old shape, which was kept up all the time: all of them, or those of a tenant. One row changes; needs neither
 * coordinator nor Kafka.
 */
public final class RollBack {
    private final MigrationLog log;
    private final FlagLog flags;
    private final TenantCheck tenants;
    private final Function<String, Migration> parser;

    /**
     * The operation.
     *
     * @param tenants whether a text can be a tenant
     * @param parser reads a stored file
     */
    public RollBack(MigrationLog log, FlagLog flags, TenantCheck tenants, Function<String, Migration> parser) {
        this.log = log;
        this.flags = flags;
        this.tenants = tenants;
        this.parser = parser;
    }

    /**
     * Takes reads back. If all read the old shape already, nothing is changed.
     *
     * @param tenant only this one; null: all
     * @param reason why; stored and audited
     * @throws OperationRefused NOT_FOUND, also if the tenant has no rows; INVALID if it is no value of its column; GATE_CLOSED if there is no flag yet, or if the old columns are renamed
     */
    public RolledBack run(Actor actor, String name, @Nullable String tenant, String reason) {
        var stored = log.known(name);
        if (stored.state() == MigrationState.RENAMED) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the old columns of " + stored.name()
                            + " are renamed: readers of the old shape would not find them",
                    "rename them back first, which loses nothing: backfleet migration contract " + stored.name()
                            + " --undo");
        }
        var flag = flags.flag(stored.name())
                .orElseThrow(() -> new OperationRefused(
                        Code.GATE_CLOSED,
                        "the migration " + stored.name() + " is not SYNCED: nobody reads its new shape",
                        null));
        if (tenant != null) {
            tenants.refuseUnknown(parser.apply(stored.source()), flag, tenant);
        }
        var switched = stored.state() == MigrationState.CUTTING || stored.state() == MigrationState.CUT;
        if (!flag.on() && !(switched && tenant == null)) {
            return new RolledBack(stored.id(), stored.name(), flag, flags.readers(stored.name()));
        }
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
        return new RolledBack(stored.id(), stored.name(), changed, flags.readers(stored.name()));
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
