package dev.backfleet.coordinator.operation;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.util.List;
import java.util.Optional;

/** Submits a spec: checks it against the database and stores the job, which the leader then plans. */
public final class SubmitJob {
    private final Catalog catalog;
    private final Intake intake;

    public SubmitJob(Catalog catalog, Intake intake) {
        this.catalog = catalog;
        this.intake = intake;
    }

    /**
     * Submits.
     *
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database; nothing is stored
     * @throws OperationRefused CONFLICT if an unfinished job uses the name
     * @throws dev.backfleet.common.failure.ExplainedFailure if the table is locked for too long; the message names the session that locks it
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
                        "a job named " + name + " is unfinished",
                        "see 'backfleet status " + name + "', cancel it, or give this one another name"));
        return new Submitted(id, name, pinned.notes());
    }

    /**
     * What was stored.
     *
     * @param id the job's id
     * @param name the job's name
     * @param notes remarks for the person who submits
     */
    public record Submitted(long id, String name, List<String> notes) {}

    /** Where jobs are stored. */
    public interface Intake {
        /**
         * Stores a job as PLANNING and audits it, in one transaction; nothing if an unfinished job uses its name.
         */
        Optional<Long> store(ParsedSpec spec, PinnedSpec pinned, Actor actor);

        /** The failure itself; if it is a timeout of a lock on the table, a failure that names the session that holds the lock. */
        RuntimeException explained(TableName table, RuntimeException failure);
    }
}
