package dev.backfleet.coordinator.migration.apply;

import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gate of a migration: what the last reconcile of its backfill says, by the age that the file allows. A reconcile that has judged
 * rows by another condition than the file's proves nothing of it: the file was replaced, and no reconcile has ended since.
 */
public final class RowGate {
    private final AskGate gate;
    private final Conditions conditions;

    public RowGate(AskGate gate, Conditions conditions) {
        this.gate = gate;
        this.conditions = conditions;
    }

    /**
     * What the last reconcile says.
     *
     * @param backfill the id of the job
     * @param tenant only of its rows; null: of all
     */
    public GateAnswer ask(Migration migration, long backfill, @Nullable String tenant) {
        var answer = gate.run(
                String.valueOf(backfill), tenant, Optional.of(migration.proof().maxAge()));
        var rule = migration.backfill().spec().different().map(SqlExpression::text);
        var pass = answer.pass();
        return rule.isEmpty() || pass == null || conditions.different(pass.id()).equals(rule)
                ? answer
                : answer.incomplete("the last reconcile has judged rows by another condition than reconcile.different");
    }

    /** The conditions of reconciles. */
    @FunctionalInterface
    public interface Conditions {
        /** The condition by which a reconcile tells wrong rows; nothing if it has none of its own. */
        Optional<String> different(long reconcile);
    }
}
