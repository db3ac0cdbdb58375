package dev.backfleet.coordinator.query.plan;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.forecast.BatchTrials;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.operation.Intake.NameUse;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.operation.SpecCheck;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.state.Matching;
import dev.backfleet.coordinator.query.plan.PlanReport.Run;
import dev.backfleet.coordinator.query.plan.PlanReport.Shards;
import dev.backfleet.coordinator.review.DeadlineFindings;
import dev.backfleet.coordinator.review.Review;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks a spec as a submission does, and shows what the job would do and what a person should know about it. Nothing is stored,
 * and no id is used up. Rows are changed only by {@link #sample}, in transactions that are rolled back.
 */
public final class PlanSpec {
    private final Catalog catalog;
    private final Intake intake;
    private final Preview preview;
    private final BatchTrials trials;

    public PlanSpec(Catalog catalog, Intake intake, Preview preview, BatchTrials trials) {
        this.catalog = catalog;
        this.intake = intake;
        this.preview = preview;
        this.trials = trials;
    }

    /**
     * Checks the spec.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     * @throws dev.backfleet.common.failure.ExplainedFailure if the table is locked for too long; the message names the session that locks it
     */
    public Planned run(ParsedSpec parsed) {
        try {
            return planned(parsed);
        } catch (RuntimeException e) {
            throw intake.explained(parsed.spec().table(), e);
        }
    }

    private Planned planned(ParsedSpec parsed) {
        var spec = parsed.spec();
        var name = spec.name();
        var checked = new SpecCheck(catalog, intake).check(parsed);
        var pinned = checked.pinned();
        var findings = new ArrayList<Finding>();
        intake.use(name).ifPresent(use -> findings.add(inUse(name, use)));
        findings.addAll(pinned.findings());
        findings.addAll(Review.ofPlan(checked.subject(), matching(pinned)));
        var definition = pinned.definition();
        Shards shards;
        try {
            shards = preview.shards(definition, pinned.leaves(), spec.rollout());
        } catch (RuntimeException e) {
            throw withoutPrivilege(spec.table(), e, findings);
        }
        var run = new Run(
                catalog.rows(pinned.leaves()),
                pinned.leaves().size(),
                definition.key().stream().map(KeyColumn::name).toList(),
                shards,
                pinned.passesReason() == null
                        ? null
                        : new PlanReport.Passes(definition.walk().passes(), pinned.passesReason()),
                preview.statement(definition),
                checked.plan().orElse(null),
                preview.effects(definition, pinned.leaves()),
                spec.deadline().orElse(null));
        return new Planned(
                pinned,
                spec.limits(),
                checked.subject().server().now(),
                new PlanReport(
                        name,
                        spec.table().toString(),
                        findings.stream().noneMatch(Finding::endangersRows),
                        run,
                        null,
                        Finding.sorted(findings),
                        null));
    }

    // One that uses no column that is set is found without reading rows.
    private Optional<Matching> matching(PinnedSpec pinned) {
        return pinned.findings().stream().anyMatch(finding -> finding.code() == FindingCode.WHERE_STAYS_TRUE)
                ? Optional.empty()
                : catalog.matching(pinned);
    }

    // A submission only warns of a privilege that this role lacks; here its rows are read.
    private RuntimeException withoutPrivilege(TableName table, RuntimeException failure, List<Finding> findings) {
        var explained = intake.explained(table, failure);
        return findings.stream()
                .filter(finding -> explained == failure && finding.code() == FindingCode.PRIVILEGE_MISSING)
                .findFirst()
                .<RuntimeException>map(
                        missing -> new OperationRefused(Code.INVALID, missing.message(), missing.remedy()))
                .orElse(explained);
    }

    /** Changes the first rows, each in a transaction that is rolled back. */
    public RowSample sample(Planned planned) {
        return preview.sample(planned.pinned.definition(), planned.pinned.leaves());
    }

    /**
     * Runs batches all over the table, each in a transaction that is rolled back: at most 1 % of the rows, for at most some
     * seconds.
     */
    public Measurement measure(Planned planned) throws InterruptedException {
        var measured = new MeasureBatches(trials)
                .run(
                        planned.pinned,
                        planned.limits,
                        planned.report.run().rows(),
                        planned.report.run().shards().count());
        var forecast = measured.forecast();
        return forecast == null
                ? measured
                : DeadlineFindings.missed(
                                Optional.ofNullable(planned.report.run().deadline()), planned.at, forecast)
                        .map(measured::with)
                        .orElse(measured);
    }

    /** Whether the table has enough rows, so that {@link #measure} changes some of them. */
    public static boolean isLargeEnough(PlanReport report) {
        return report.run().rows() >= MeasureBatches.FEWEST_ROWS;
    }

    private static Finding inUse(String name, NameUse use) {
        return use.succeeded()
                ? Finding.of(
                        FindingCode.NAME_IN_USE,
                        "a job named " + name + " (id " + use.job() + ") has SUCCEEDED",
                        "submit with --again, or with another name")
                : Finding.of(
                        FindingCode.NAME_IN_USE,
                        "a job named " + name + " (id " + use.job() + ") is unfinished: a submission would be refused",
                        "cancel it, or give this one another name");
    }

    /** A spec that has passed the checks, and what is shown of it. */
    public static final class Planned {
        private final PinnedSpec pinned;
        private final Limits limits;
        private final Instant at;
        private final PlanReport report;

        Planned(PinnedSpec pinned, Limits limits, Instant at, PlanReport report) {
            this.pinned = pinned;
            this.limits = limits;
            this.at = at;
            this.report = report;
        }

        public PlanReport report() {
            return report;
        }
    }

    /** Shows what a job would do. */
    public interface Preview {
        /** How the tables would be cut into shards. */
        Shards shards(JobDefinition definition, List<JobDefinition.Table> leaves, Optional<Rollout> rollout);

        /** The first five rows for which the job's condition holds, each changed in a transaction that is rolled back. */
        RowSample sample(JobDefinition definition, List<JobDefinition.Table> leaves);

        /** The statement that changes the rows of a range, for people. */
        String statement(JobDefinition definition);

        /** The functions and triggers that may do something that a rollback does not undo, in words. */
        List<String> effects(JobDefinition definition, List<JobDefinition.Table> leaves);
    }
}
