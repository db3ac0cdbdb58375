package dev.backfleet.coordinator.operation;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.util.List;
import java.util.Optional;

/** Takes a spec: holds it against the database and stores the job. A coordinator plans it when one leads. */
public final class SubmitJob {
    private final Catalog catalog;
    private final Intake intake;

    /** Holds specs against a catalog, and stores jobs in an intake. */
    public SubmitJob(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /**
     * Submits.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database; nothing is stored
     * @throws OperationRefused CONFLICT if a job of the name is not over
     * @throws dev.backfleet.common.failure.ExplainedFailure if the table is locked for too long; it says by whom
     */
    public Submitted run(Actor actor, ParsedSpec parsed) {
        try {
            return submitted(actor, parsed);
        } catch (RuntimeException e) {
            throw intake.explained(parsed.spec().table(), e);
        }
    }

    private Submitted submitted(Actor actor, ParsedSpec parsed) {
        var pinned = SpecPinner.pin(catalog, parsed);
        var name = parsed.spec().name();
        var id = intake.store(parsed, pinned, actor)
                .orElseThrow(() -> new OperationRefused(
                        Code.CONFLICT,
                        "a job named " + name + " is not over yet",
                        "see 'backfleet status " + name + "', cancel it, or give this one another name"));
        return new Submitted(id, name, pinned.notes());
    }

    /**
     * What was stored.
     *
     * @param id the job's id
     * @param name the job's name
     * @param notes what the person should know, though it is no error
     */
    public record Submitted(long id, String name, List<String> notes) {}

    /** Where jobs are stored. */
    public interface Intake {
        /**
         * Stores a job as PLANNING and audits it, in one transaction; nothing if its name belongs to a job that is not over.
         */
        Optional<Long> store(ParsedSpec spec, PinnedSpec pinned, Actor actor);

        /** The failure itself, unless it is a lock on the table that did not come in time: then one that says who has it. */
        RuntimeException explained(TableName table, RuntimeException failure);
    }
}
