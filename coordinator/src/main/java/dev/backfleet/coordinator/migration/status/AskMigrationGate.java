package dev.backfleet.coordinator.migration.status;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.status.MigrationGate.Purpose;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whether a step of a migration may be taken now, for a pipeline: reads no row of the table, locks nothing, switches nothing. */
public final class AskMigrationGate {
    private final MigrationLog log;
    private final CutOver cutover;
    private final TenantGate gate;
    private final BiFunction<Stored, Migration, List<Line>> contract;
    private final Function<String, Migration> parser;

    /**
     * The query.
     *
     * @param gate what the last reconcile says
     * @param contract the preconditions of the contract that are not met
     * @param parser reads a stored file
     */
    public AskMigrationGate(
            MigrationLog log,
            CutOver cutover,
            TenantGate gate,
            BiFunction<Stored, Migration, List<Line>> contract,
            Function<String, Migration> parser) {
        this.log = log;
        this.cutover = cutover;
        this.gate = gate;
        this.contract = contract;
        this.parser = parser;
    }

    /**
     * Asks.
     *
     * @param tenant only this one, of a cutover; null: the next step
     * @param oneWay whether it is accepted that the old shape is not kept up
     * @throws OperationRefused NOT_FOUND if there is no such migration, or no row of the tenant; INVALID if rows are not counted by tenant
     */
    public MigrationGate run(String name, Purpose purpose, @Nullable String tenant, boolean oneWay) {
        return purpose == Purpose.CUTOVER ? cutover(name, tenant, oneWay) : contract(name);
    }

    private MigrationGate cutover(String name, @Nullable String tenant, boolean oneWay) {
        var verdict = cutover.ask(name, new CutoverRequest(tenant, OptionalInt.empty(), oneWay));
        var stored = verdict.stored();
        var reasons = new ArrayList<String>();
        verdict.refusal().ifPresent(refusal -> reasons.add(String.valueOf(refusal.getMessage())));
        var rows = stored.job().isEmpty() || stored.state().compareTo(MigrationState.FINISHED) < 0
                ? null
                : gate.ask(verdict.migration(), stored.job().get(), tenant);
        // One tenant is asked for by its own rows: a misspelt one has none.
        if (tenant != null && rows != null && rows.verdict() != GateVerdict.SAFE && reasons.isEmpty()) {
            reasons.add("the gate says " + rows.verdict() + ": " + String.join("; ", rows.reasons()));
        }
        var notes = Stream.concat(
                        verdict.heldBack().entrySet().stream()
                                .map(held -> "tenant " + held.getKey() + " would go on with the old shape: "
                                        + held.getValue())
                                .sorted(),
                        verdict.warnings().stream())
                .toList();
        return new MigrationGate(
                stored.id(),
                stored.name(),
                stored.state(),
                Purpose.CUTOVER,
                tenant,
                reasons.isEmpty(),
                reasons,
                notes,
                rows);
    }

    private MigrationGate contract(String name) {
        var stored = log.known(name);
        var reasons = new ArrayList<String>();
        if (stored.state() == MigrationState.CUT || stored.state() == MigrationState.RENAMED) {
            contract.apply(stored, parser.apply(stored.source()))
                    .forEach(line -> reasons.add(
                            line.what().code() + " (" + line.certainty().words() + "): " + line.says()));
        } else {
            reasons.add(
                    "the migration is " + stored.state() + ": the old columns go when all tenants read the new shape");
        }
        return new MigrationGate(
                stored.id(),
                stored.name(),
                stored.state(),
                Purpose.CONTRACT,
                null,
                reasons.isEmpty(),
                reasons,
                List.of(),
                null);
    }

    /** What the last reconcile says of rows. */
    @FunctionalInterface
    public interface TenantGate {
        /** Of a tenant; null: of all. */
        GateAnswer ask(Migration migration, long backfill, @Nullable String tenant);
    }
}
