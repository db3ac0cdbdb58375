package dev.backfleet.coordinator.operation.reconcile;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.derived.ColumnFacts;
import dev.backfleet.coordinator.operation.derived.Derivation;
import dev.backfleet.coordinator.operation.derived.DerivedJob;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.derived.OriginJob;
import dev.backfleet.coordinator.pin.Catalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Submits a job that compares every row of a finished job's table with what that job should have made of it, and changes none. It
 * is a job like any other: planned, dispatched, limited, throttled and paused like one. Of a job that is between two waves of its
 * rollout, only the rows of the waves that are done are compared.
 */
public final class ReconcileJob {
    /** The rows per second of a reconcile whose rate is not given: it runs beside the application, and nobody waits for it. */
    public static final long DEFAULT_RATE = 50_000;

    private static final int CONCURRENCY = 2;

    /** A batch holds no row that others wait for: only its duration limits it. */
    private static final int ROWS_OF_BATCH = 250_000;

    /** How long a batch takes: a whole shard, for which no end is searched. */
    private static final Duration BATCH_DURATION = Duration.ofMillis(250);

    /** Rows that can be compared in less than that, mostly. */
    private static final int MOST_ROWS_OF_SHARD = 150_000;

    /**
     * A table has at least so many shards, or those of the job that is checked. Rows are compared many times faster than they are
     * changed: with the shards of a large job, a slot would wait for its next shard as long as it compares.
     */
    private static final int FEWEST_SHARDS = 32;

    /** What to do if the table no longer matches the snapshot of the job that is checked. */
    static final String SAME_TABLE = "undo that, or submit a job for the table as it is now";

    private final Lookup lookup;
    private final Catalog catalog;
    private final DerivedJobs jobs;
    private final RowRules rules;

    /**
     * The operation.
     *
     * @param rules what decides beside the expressions of a job
     */
    public ReconcileJob(Lookup lookup, Catalog catalog, DerivedJobs jobs, RowRules rules) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.jobs = jobs;
        this.rules = rules;
    }

    /**
     * Submits the comparison.
     *
     * @param job the id or name of the job to check
     * @throws OperationRefused NOT_FOUND; INVALID if the job changes no rows itself, if its change cannot be computed again and
     *     there is no rule, or if PostgreSQL rejects the rule; NOT_NOW if the job has not SUCCEEDED and is not between two waves, or a
     *     reconcile of it is
     *     unfinished; CONFLICT if its table no longer matches its snapshot
     */
    public Started run(Actor actor, String job, Options options) {
        return jobs.submit(derived(job, options), actor);
    }

    /** The job that is to be checked, without any check but that it changes rows. */
    OriginJob known(String job) {
        return jobs.origin(lookup.job(job))
                .orElseThrow(() -> new OperationRefused(
                        Code.INVALID,
                        "job " + job + " compares rows: only a job that changes rows can be checked",
                        null));
    }

    /** Makes every check, and stores nothing. */
    OriginJob checked(String job, Options options) {
        var pass = derived(job, options);
        jobs.requireAccepted(pass);
        return pass.origin();
    }

    private DerivedJob derived(String job, Options options) {
        var checked = known(job);
        if (checked.doneWave().isEmpty()) {
            checked.requireEnded("its rows are compared when it has SUCCEEDED");
        }
        checked.requireSameTable(SAME_TABLE);
        var spec = spec(checked);
        var rule = rules.of(checked.id());
        var different = options.different().or(rule::different).or(() -> spec.flatMap(Spec::different));
        var columns = jobs.columns(checked);
        var comparison = new ComparisonRule(catalog, checked, columns, jobs.columnsOfCopies(checked));
        var tenant = tenant(checked, spec);
        var work = different.isEmpty() && rule.onlyMissing()
                ? comparison.onlyMissing(tenant, options.standby())
                : comparison.comparison(different, rule.down(), tenant, options.standby());
        var definition = definition(checked, work);
        different.ifPresent(condition -> requireAccepted(definition, condition));
        return new DerivedJob(
                checked,
                Derivation.RECONCILE,
                checked.spec(),
                definition,
                used(definition, columns),
                limits(checked, options));
    }

    // A spec of another release may have keys that this one does not know; the definition says what the job did.
    private static Optional<Spec> spec(OriginJob job) {
        try {
            return Optional.of(SpecParser.parse(job.name(), job.spec()).spec());
        } catch (SpecException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> tenant(OriginJob job, Optional<Spec> spec) {
        var definition = job.definition();
        return definition.tenantLed()
                ? Optional.of(definition.key().get(0).name())
                : spec.flatMap(Spec::tenant).map(Identifier::name);
    }

    private JobDefinition definition(OriginJob job, CompareRows work) {
        var of = job.definition();
        return new JobDefinition(
                of.table(), of.key(), of.tenantLed(), work, shardRows(job), batchDuration(), rowsOfBatch(of));
    }

    // Never more than a batch may have, so that a shard can be one batch.
    private static long shardRows(OriginJob job) {
        return Math.max(
                job.definition().shardRows(), Math.min(MOST_ROWS_OF_SHARD, job.estimatedRows() / FEWEST_SHARDS));
    }

    // It ends well before the server's deadlock check, like any other batch.
    private Duration batchDuration() {
        var longest = catalog.deadlockTimeout().dividedBy(4);
        return longest.compareTo(BATCH_DURATION) < 0 ? longest : BATCH_DURATION;
    }

    private static int rowsOfBatch(JobDefinition of) {
        return Math.max(of.batchMaxRows(), ROWS_OF_BATCH);
    }

    private void requireAccepted(JobDefinition definition, SqlExpression different) {
        catalog.refusal(definition.table(), different).ifPresent(why -> {
            throw new OperationRefused(
                    Code.INVALID, "PostgreSQL rejects the rule: " + why.words(), "write a condition on the row");
        });
    }

    /** The columns that the comparison uses: none of them may change while it runs. */
    static List<String> used(JobDefinition definition, List<ColumnFacts> columns) {
        var compare = definition.compareRows();
        var names = new LinkedHashSet<>(compare.selectedBy());
        definition.key().forEach(column -> names.add(column.name()));
        if (compare.copied() == null) {
            compare.compared().forEach(column -> names.add(column.name()));
            Stream.ofNullable(compare.down()).flatMap(List::stream).forEach(column -> names.add(column.name()));
        } else {
            compare.copied().back().forEach(column -> names.add(column.column()));
        }
        Optional.ofNullable(compare.tenant()).ifPresent(names::add);
        compare.expressions().forEach(expression -> names.addAll(expression.names()));
        var used = new ArrayList<String>();
        columns.stream().map(ColumnFacts::name).filter(names::contains).forEach(used::add);
        return used;
    }

    private Limits limits(OriginJob job, Options options) {
        return new Limits(
                shardRows(job),
                batchDuration(),
                rowsOfBatch(job.definition()),
                job.limits().rowTimeout(),
                options.rate(),
                OptionalLong.empty(),
                CONCURRENCY,
                Priority.LOW,
                job.limits().errorBudget(),
                OptionalInt.empty());
    }

    /**
     * How to compare.
     *
     * @param different the condition for a row that is wrong, instead of the spec's; nothing: that of the job's {@link RowRules rule} or its
     *     spec, or its expressions
     * @param rate rows per second; empty: no limit
     * @param standby the JDBC URL, without user and password, of the standby on which rows are read; nothing: on the primary
     */
    public record Options(Optional<SqlExpression> different, OptionalLong rate, Optional<String> standby) {
        /** By the spec or the expressions, at the default rate, on the primary. */
        public static final Options USUAL =
                new Options(Optional.empty(), OptionalLong.of(DEFAULT_RATE), Optional.empty());
    }
}
