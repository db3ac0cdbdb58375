package dev.backfleet.coordinator.query.reconcile;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether the new shape of a job's rows may be relied on, by the last reconcile that has finished. Reads no row of the table. */
public final class AskGate {
    private final Lookup lookup;
    private final Passes passes;

    public AskGate(Lookup lookup, Passes passes) {
        this.lookup = lookup;
        this.passes = passes;
    }

    /**
     * Asks.
     *
     * @param job its id or name
     * @param tenant only this tenant; null: all. Where shards do not follow tenants, it must be as PostgreSQL writes it
     * @param maxAge how long ago the reconcile may have ended; nothing: any time
     * @throws OperationRefused NOT_FOUND if there is no such job, or no row of the tenant; INVALID if the job itself compares rows, or if its rows are not counted by tenant
     */
    public GateAnswer run(String job, @Nullable String tenant, Optional<Duration> maxAge) {
        var all = passes.facts(job, Optional.empty()).orElseThrow(() -> refused(job));
        if (tenant == null) {
            return all.facts().answer(null, maxAge);
        }
        if (!all.byTenant()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the rows of " + all.facts().name() + " are not counted by tenant: its spec names none",
                    null);
        }
        var known = known(all.facts(), tenant);
        return passes.facts(job, Optional.of(known))
                .orElseThrow(() -> refused(job))
                .facts()
                .answer(known, maxAge);
    }

    // A tenant without findings is safe: a misspelt one must not be. The reconcile knows partitions that came after the
    // job.
    private String known(GateFacts facts, String tenant) {
        var pass = facts.pass();
        return lookup.followsTenants(facts.job())
                ? lookup.tenant(pass == null ? facts.job() : pass.id(), tenant)
                : tenant;
    }

    private OperationRefused refused(String job) {
        lookup.job(job);
        return new OperationRefused(
                Code.INVALID, job + " is a reconcile itself: name the job that it has checked", null);
    }

    /**
     * What is stored.
     *
     * @param byTenant whether rows are counted by tenant
     */
    public record Found(GateFacts facts, boolean byTenant) {}

    /** The reconciles, as they are stored. */
    @FunctionalInterface
    public interface Passes {
        /** What is known of a job by id or name; nothing if there is none, or if it compares rows itself. */
        Optional<Found> facts(String job, Optional<String> tenant);
    }
}
