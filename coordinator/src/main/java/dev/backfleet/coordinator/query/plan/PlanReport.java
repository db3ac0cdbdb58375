package dev.backfleet.coordinator.query.plan;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.forecast.BatchPlan;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job would do, and what a person should know about it, in the order of the JSON output; names and order are an interface.
 *
 * @param name the job's name
 * @param table its table, as in the spec
 * @param fit whether no finding is of severity error
 * @param run what would run
 * @param measured what batches took that were rolled back; null: that was not asked for
 * @param findings what a person should know, the gravest first
 * @param sample rows before and after the change; null: no row was changed
 */
public record PlanReport(
        String name,
        String table,
        boolean fit,
        Run run,
        @Nullable Measurement measured,
        List<Finding> findings,
        @Nullable RowSample sample) {
    public PlanReport {
        findings = List.copyOf(findings);
    }

    /** The same with rows before and after the change. */
    public PlanReport with(@Nullable RowSample rows) {
        return new PlanReport(name, table, fit, run, measured, findings, rows);
    }

    /** The same with what batches took. */
    public PlanReport with(@Nullable Measurement measurement) {
        var found = measurement == null ? List.<Finding>of() : measurement.findings();
        var all = found.isEmpty()
                ? findings
                : Finding.sorted(
                        Stream.concat(findings.stream(), found.stream()).toList());
        var still = fit && found.stream().noneMatch(Finding::endangersRows);
        return new PlanReport(name, table, still, run, measurement, all, sample);
    }

    /**
     * What would run.
     *
     * @param rows about how many rows the table has
     * @param tables how many tables hold them: 1, or the partitions
     * @param key the columns by which it is scanned
     * @param shards how it would be cut
     * @param passes in how many passes each shard would be walked over; null: no row of the table is updated
     * @param sql the statement of a batch, without its bookkeeping
     * @param plan how PostgreSQL executes it; null if the table is empty, or this role may not ask
     * @param effects functions and triggers that may do something that a rollback does not undo
     * @param deadline by when the job is to be done; null: the spec does not say
     */
    public record Run(
            long rows,
            int tables,
            List<String> key,
            Shards shards,
            @Nullable Passes passes,
            String sql,
            @Nullable BatchPlan plan,
            List<String> effects,
            @Nullable Instant deadline) {
        public Run {
            key = List.copyOf(key);
            effects = List.copyOf(effects);
        }
    }

    /**
     * The passes of a walk.
     *
     * @param count how many
     * @param reason why
     */
    public record Passes(int count, String reason) {}

    /**
     * How the table would be cut into shards.
     *
     * @param count how many shards
     * @param rowsEach about how many rows each has
     * @param cut whether the table was cut as planning does it; otherwise that would take long, and the count is the estimated
     *     number of rows divided by the spec's rows of a shard
     * @param note what changes the count when the job is planned; null if nothing does
     * @param tenants the tenants that the shards follow; null if they do not, or none were seen
     */
    public record Shards(
            long count,
            long rowsEach,
            boolean cut,
            @Nullable String note,
            @Nullable Tenants tenants) {

        /** Of a table whose shards do not follow tenants. */
        public Shards(long count, long rowsEach, boolean cut, @Nullable String note) {
            this(count, rowsEach, cut, note, null);
        }
    }
}
