package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.apply.RowGate;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import java.util.List;
import java.util.Map;

/** The gate of a cutover: the last reconcile, and a count of the tenants that a step names. */
public final class CountingGate implements CutOver.Gate {
    private final RowGate gate;
    private final TenantCount count;

    public CountingGate(RowGate gate, TenantCount count) {
        this.gate = gate;
        this.count = count;
    }

    @Override
    public GateAnswer ask(Migration migration, long backfill) {
        return gate.ask(migration, backfill, null);
    }

    @Override
    public Map<String, String> wrongNow(long backfill, List<String> tenants) {
        return tenants.isEmpty() ? Map.of() : count.wrong(backfill, tenants);
    }

    /** Counts wrong rows of tenants, by the judgement of the last reconcile of a backfill. */
    @FunctionalInterface
    public interface TenantCount {
        /** Those that have some, each with how many, in their order. */
        Map<String, String> wrong(long backfill, List<String> tenants);
    }
}
