package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.Intake.NameUse;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import java.util.List;

/** Submits a spec: checks it against the database and stores the job, which the leader then plans. */
public final class SubmitJob {
    private final Catalog catalog;
    private final Intake intake;

    public SubmitJob(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /** Submits a job under a new name, which runs as soon as it is planned. */
    public Submitted run(Actor actor, ParsedSpec parsed) {
        return run(actor, parsed, How.USUAL);
    }

    /**
     * Submits.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database; nothing is stored
     * @throws OperationRefused CONFLICT if an unfinished job uses the name; ALREADY_DONE if a job of the name SUCCEEDED
     * @throws FindingsRefused if there are findings of severity error, and they are not forced
     * @throws dev.backfleet.common.failure.ExplainedFailure if the table is locked for too long; the message names the session that locks it
     */
    public Submitted run(Actor actor, ParsedSpec parsed, How how) {
        try {
            return submitted(actor, parsed, how);
        } catch (RuntimeException e) {
            throw intake.explained(parsed.spec().table(), e);
        }
    }

    private Submitted submitted(Actor actor, ParsedSpec parsed, How how) {
        var name = parsed.spec().name();
        // Before the checks: a retried command gets its answer without reading the table.
        intake.use(name).filter(use -> !(use.succeeded() && how.again())).ifPresent(use -> {
            throw refused(parsed.spec(), use);
        });
        var pinned =
                new SpecCheck(catalog, intake).check(parsed, how.migration()).pinned();
        if (!how.forced()) {
            FindingsRefused.check(pinned.findings());
        }
        var rows = catalog.rows(pinned.leaves());
        var stored = intake.store(parsed, pinned, actor, how);
        stored.use().ifPresent(use -> {
            throw refused(parsed.spec(), use);
        });
        return new Submitted(
                stored.job().orElseThrow(),
                name,
                parsed.spec().table().toString(),
                rows,
                JobState.PLANNING,
                how.paused(),
                pinned.findings());
    }

    private static OperationRefused refused(Spec spec, NameUse use) {
        var name = spec.name();
        var again = spec.change().where().isPresent()
                ? "change the rows that 'where' still selects;"
                : "change its rows again;";
        return use.succeeded()
                ? new OperationRefused(
                        Code.ALREADY_DONE,
                        "a job named " + name + " (id " + use.job() + ") has SUCCEEDED: a second run would " + again,
                        "if that is meant, --again; otherwise give this one another name")
                : new OperationRefused(
                        Code.CONFLICT,
                        "a job named " + name + " is unfinished",
                        "see 'backfleet status " + name + "', cancel it, or give this one another name");
    }

    /**
     * What was stored. The job is PLANNING: the leader cuts its table into shards next.
     *
     * @param id the job's id
     * @param name the job's name
     * @param table its table, as in the spec
     * @param rows about how many rows the table has
     * @param state its state: PLANNING
     * @param paused whether it waits for a resume when it is planned
     * @param findings what the person who submits should know
     */
    public record Submitted(
            long id, String name, String table, long rows, JobState state, boolean paused, List<Finding> findings) {
        public Submitted {
            findings = List.copyOf(findings);
        }
    }
}
