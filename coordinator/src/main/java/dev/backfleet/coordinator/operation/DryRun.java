package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.Intake.NameUse;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks a spec as a submission does, and shows what the job would do. Nothing is stored, and no id is used up. Rows are changed
 * only by {@link #sample}, in transactions that are rolled back.
 */
public final class DryRun {
    private final Catalog catalog;
    private final Intake intake;
    private final Preview preview;

    public DryRun(Catalog catalog, Intake intake, Preview preview) {
        this.catalog = catalog;
        this.intake = intake;
        this.preview = preview;
    }

    /**
     * Checks the spec.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     * @throws dev.backfleet.common.failure.ExplainedFailure if the table is locked for too long; the message names the session that locks it
     */
    public Plan plan(ParsedSpec parsed) {
        try {
            return planned(parsed);
        } catch (RuntimeException e) {
            throw intake.explained(parsed.spec().table(), e);
        }
    }

    private Plan planned(ParsedSpec parsed) {
        var spec = parsed.spec();
        var name = spec.name();
        var pinned = new SpecCheck(catalog, intake).check(parsed);
        var warnings = new ArrayList<Warning>();
        intake.use(name).ifPresent(use -> warnings.add(inUse(name, use)));
        warnings.addAll(pinned.warnings());
        var definition = pinned.definition();
        Shards shards;
        try {
            shards = preview.shards(definition, pinned.leaves(), spec.rollout());
        } catch (RuntimeException e) {
            throw withoutPrivilege(spec.table(), e, warnings);
        }
        return new Plan(
                pinned,
                new Report(
                        name,
                        spec.table().toString(),
                        catalog.rows(pinned.leaves()),
                        pinned.leaves().size(),
                        definition.key().stream().map(KeyColumn::name).toList(),
                        shards,
                        preview.statement(definition),
                        preview.effects(definition, pinned.leaves()),
                        warnings));
    }

    // A submission only warns of a privilege that this role lacks; here its rows are read.
    private RuntimeException withoutPrivilege(TableName table, RuntimeException failure, List<Warning> warnings) {
        var explained = intake.explained(table, failure);
        return warnings.stream()
                .filter(warning -> explained == failure && warning.code() == Warning.Code.PRIVILEGE_MISSING)
                .findFirst()
                .<RuntimeException>map(
                        missing -> new OperationRefused(Code.INVALID, missing.message(), missing.remedy()))
                .orElse(explained);
    }

    /** Changes the first rows, each in a transaction that is rolled back. */
    public Sample sample(Plan plan) {
        return preview.sample(plan.pinned.definition(), plan.pinned.leaves());
    }

    private static Warning inUse(String name, NameUse use) {
        return use.succeeded()
                ? new Warning(
                        Warning.Code.NAME_IN_USE,
                        "a job named " + name + " (id " + use.job() + ") has SUCCEEDED",
                        "submit with --again, or with another name")
                : new Warning(
                        Warning.Code.NAME_IN_USE,
                        "a job named " + name + " (id " + use.job() + ") is unfinished: a submission would be refused",
                        "cancel it, or give this one another name");
    }

    /** A spec that has passed the checks, and what is shown of it. */
    public static final class Plan {
        private final PinnedSpec pinned;
        private final Report report;

        Plan(PinnedSpec pinned, Report report) {
            this.pinned = pinned;
            this.report = report;
        }

        public Report report() {
            return report;
        }
    }

    /**
     * What the job would do, in the order of the JSON output; names and order are an interface.
     *
     * @param rows about how many rows the table has
     * @param tables how many tables hold them: 1, or the partitions
     * @param key the columns by which it is scanned
     * @param shards how it would be cut
     * @param sql the statement of a batch, without its bookkeeping
     * @param effects functions and triggers that may do something that a rollback does not undo
     */
    public record Report(
            String name,
            String table,
            long rows,
            int tables,
            List<String> key,
            Shards shards,
            String sql,
            List<String> effects,
            List<Warning> warnings) {
        public Report {
            key = List.copyOf(key);
            effects = List.copyOf(effects);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * How the table would be cut into shards.
     *
     * @param count how many shards
     * @param rowsEach about how many rows each has
     * @param cut whether the table was cut as planning does it; otherwise that would take long, and the count is the estimated
     *     number of rows divided by the spec's rows of a shard
     * @param note what changes the count when the job is planned; null if nothing does
     */
    public record Shards(
            long count,
            long rowsEach,
            boolean cut,
            @Nullable String note) {}

    /**
     * Rows before and after the change. Their values are for the person who asked, and for no log.
     *
     * @param note why there are no rows, or fewer than five; null if there are five
     */
    public record Sample(List<Row> rows, @Nullable String note) {
        public Sample {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A row of the sample.
     *
     * @param key the values of the key's columns, by column
     * @param before the values of the columns that are set, by column, cut after 1,000 characters; null for NULL
     * @param after the same after the change; null if the row was not changed
     * @param problem why the row was not changed, without values; null if it was
     */
    public record Row(
            Map<String, String> key,
            Map<String, @Nullable String> before,
            @Nullable Map<String, @Nullable String> after,
            @Nullable String problem) {}

    /** Shows what a job would do. */
    public interface Preview {
        /** How the tables would be cut into shards. */
        Shards shards(JobDefinition definition, List<JobDefinition.Table> leaves, Optional<Rollout> rollout);

        /** The first five rows for which the job's condition holds, each changed in a transaction that is rolled back. */
        Sample sample(JobDefinition definition, List<JobDefinition.Table> leaves);

        /** The statement that changes the rows of a range, for people. */
        String statement(JobDefinition definition);

        /** The functions and triggers that may do something that a rollback does not undo, in words. */
        List<String> effects(JobDefinition definition, List<JobDefinition.Table> leaves);
    }
}
