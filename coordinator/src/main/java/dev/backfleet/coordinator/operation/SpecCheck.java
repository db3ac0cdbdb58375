package dev.backfleet.coordinator.operation;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.operation.Intake.OtherJob;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.review.DeadlineFindings;
import dev.backfleet.coordinator.review.Review;
import dev.backfleet.coordinator.review.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks a spec against the table, the server and the other jobs; stores nothing. */
public final class SpecCheck {
    private final Catalog catalog;
    private final Intake intake;

    public SpecCheck(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /**
     * Checks.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    public Checked check(ParsedSpec parsed) {
        return check(parsed, null);
    }

    /**
     * Checks the spec of a migration's backfill.
     *
     * @param migration the migration's name; null: it belongs to none
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    public Checked check(ParsedSpec parsed, @Nullable String migration) {
        var pinned = SpecPinner.pin(catalog, parsed, migration);
        var subject =
                new Subject(pinned.definition(), pinned.computed(), catalog.tableState(pinned), catalog.serverState());
        var findings = new ArrayList<>(Review.of(subject, catalog.readInFull(pinned, Subject.LARGE_PAGES)));
        DeadlineFindings.passed(parsed.spec().deadline(), subject.server().now())
                .ifPresent(findings::add);
        var set = pinned.definition().work().columns();
        intake.unfinished(pinned.leaves()).forEach(other -> findings.add(finding(other, set)));
        var plan = catalog.batchPlan(pinned);
        plan.filter(one -> !one.readsFewRows()).ifPresent(one -> findings.add(finding(one)));
        return new Checked(pinned.with(findings), subject, plan);
    }

    private static Finding finding(BatchPlan plan) {
        return Finding.of(
                FindingCode.BATCH_WITHOUT_INDEX,
                "PostgreSQL would find the rows of a batch on " + plan.table() + " by " + plan.update()
                        + (plan.updateIndex() == null ? "" : " (" + plan.updateIndex() + ")")
                        + (plan.updateReads() > plan.rows()
                                ? ", which reads about " + HumanText.number(plan.updateReads())
                                        + " rows for each batch of " + HumanText.number(plan.rows())
                                : ", and their end by " + plan.scan()),
                plan.updateIndex() == null
                        ? "analyze the table, and look at run.plan.lines of 'backfleet plan SPEC -o json'"
                        : "analyze the table; if that does not help, write the condition so that it cannot use this index, such as"
                                + " coalesce(a, b) = b instead of a = b");
    }

    private static Finding finding(OtherJob other, List<String> set) {
        var both = names(other.columns().stream().filter(set::contains).toList());
        var job = "the unfinished job " + other.name() + " (id " + other.id() + ")";
        return both.isEmpty()
                ? Finding.of(
                        FindingCode.OTHER_JOB,
                        job + " changes " + (other.columns().isEmpty() ? "rows" : names(other.columns()))
                                + " of the same table")
                : Finding.of(
                        FindingCode.COLUMN_SET_BY_JOB,
                        job + " sets " + both + " as well: which of both changes a row last is left to chance",
                        "wait for its end, or cancel one of them");
    }

    private static String names(List<String> columns) {
        return columns.stream().map(column -> Identifier.of(column).toString()).collect(Collectors.joining(", "));
    }

    /**
     * A spec that has passed the checks.
     *
     * @param pinned it, with all findings
     * @param subject what they were found in
     * @param plan how PostgreSQL executes a batch; nothing if the table is empty, or this role may not ask
     */
    public record Checked(PinnedSpec pinned, Subject subject, Optional<BatchPlan> plan) {}
}
