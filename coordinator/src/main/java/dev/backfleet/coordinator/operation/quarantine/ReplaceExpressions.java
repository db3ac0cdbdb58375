package dev.backfleet.coordinator.operation.quarantine;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Objection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Replaces the expressions to which a job sets columns: rows that are changed from then on, and rows in quarantine, get the
 * new expression. It is checked against the database as at submission. A job may be RUNNING: its shards are revoked from the
 * workers, which would use the old expression until the end of their time slice.
 */
public final class ReplaceExpressions {

    /** Not PLANNING: such a job has no row in quarantine, and is RUNNING or HALTED soon. */
    private static final Set<JobState> PERMITTED = EnumSet.of(
            JobState.RUNNING, JobState.PAUSING, JobState.PAUSED, JobState.HALTED, JobState.SUCCEEDED, JobState.FAILED);

    private final Lookup lookup;
    private final Catalog catalog;
    private final Store store;

    public ReplaceExpressions(Lookup lookup, Catalog catalog, Store store) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.store = store;
    }

    /**
     * Replaces expressions of columns that the job sets already.
     *
     * @param job its id or name
     * @throws OperationRefused NOT_FOUND; INVALID if the job does not set the column, or PostgreSQL rejects the expression;
     *     NOT_NOW if the job is being planned; CONFLICT if it was cancelled; then nothing is replaced
     */
    public void run(Actor actor, String job, Map<Identifier, SqlExpression> wanted) {
        replace(actor, lookup.job(job), wanted);
    }

    void replace(Actor actor, long job, Map<Identifier, SqlExpression> wanted) {
        var definition = store.definition(job);
        var changes = new ArrayList<Assignment>();
        wanted.forEach((column, expression) -> changes.add(checked(definition, column, expression)));
        tryStatements(job, definition, changes);
        var state = store.replace(job, changes, PERMITTED, actor);
        if (!PERMITTED.contains(state)) {
            throw new OperationRefused(
                    state == JobState.PLANNING ? Code.NOT_NOW : Code.CONFLICT,
                    "job " + job + " is " + state + ": its expressions are not replaced",
                    state == JobState.PLANNING ? "repeat the command when it is RUNNING" : null);
        }
    }

    // As at submission: by trying the statements that workers will run.
    private void tryStatements(long job, JobDefinition definition, List<Assignment> changes) {
        var changed = definition;
        for (var change : changes) {
            changed = changed.setting(change);
        }
        for (var leaf : catalog.shapes(store.relations(job))) {
            catalog.objection(changed, leaf).filter(Objection::refuses).ifPresent(objection -> {
                throw new OperationRefused(
                        Code.INVALID, "--set: PostgreSQL rejects the batch: " + objection.words(), null);
            });
        }
    }

    private Assignment checked(JobDefinition definition, Identifier column, SqlExpression expression) {
        var old = definition.work().set().stream()
                .filter(assignment -> assignment.column().equals(column.name()))
                .findFirst()
                .orElseThrow(() -> refused(column, "the job does not set this column"));
        catalog.refusal(definition, column.name(), expression).ifPresent(why -> {
            throw refused(column, "PostgreSQL rejects the expression: " + why);
        });
        return new Assignment(old.column(), old.number(), expression.text());
    }

    private static OperationRefused refused(Identifier column, String why) {
        return new OperationRefused(Code.INVALID, "--set " + column + ": " + why, null);
    }

    /** The jobs' definitions, as they are stored. */
    public interface Store {
        /** The definition of a job. */
        JobDefinition definition(long job);

        /** The tables that hold the job's rows and are still there. */
        List<JobDefinition.Table> relations(long job);

        /**
         * Replaces assignments and audits it, in one transaction, and then revokes the job's shards: when this returns, no
         * batch with the old expressions can commit any more.
         *
         * @return the job's state; nothing was replaced if it is not permitted
         */
        JobState replace(long job, List<Assignment> changes, Set<JobState> permitted, Actor actor);
    }
}
