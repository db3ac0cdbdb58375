package dev.backfleet.coordinator.operation;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.pin.PinnedSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where submitted jobs are stored, and what is stored there already. */
public interface Intake {

    /** The job that uses a name: an unfinished one, or one that SUCCEEDED; of both, the unfinished one. */
    Optional<NameUse> use(String name);

    /**
     * Stores a job as PLANNING and audits it, in one transaction. Nothing is stored, and no id is used up, if an unfinished job
     * uses its name, or if one that SUCCEEDED does and {@link How#again} is not set.
     */
    Stored store(ParsedSpec spec, PinnedSpec pinned, Actor actor, How how);

    /** The unfinished jobs that set columns of some tables. */
    List<OtherJob> unfinished(List<JobDefinition.Table> tables);

    /** The failure itself; if it is a timeout of a lock on the table, a failure that names the session that holds the lock. */
    RuntimeException explained(TableName table, RuntimeException failure);

    /**
     * How a job is submitted.
     *
     * @param paused whether it is planned and then waits for a resume
     * @param again whether it is stored although a job of its name SUCCEEDED
     * @param forced whether it is stored in spite of findings of severity error
     * @param traceparent names the span of the submission; null: it makes none
     * @param migration the migration whose backfill it is, so that its sync does not fire in the job's transactions; null: none
     */
    record How(
            boolean paused,
            boolean again,
            boolean forced,
            @Nullable String traceparent,
            @Nullable String migration) {
        /** Of a job that belongs to no migration. */
        public How(boolean paused, boolean again, boolean forced, @Nullable String traceparent) {
            this(paused, again, forced, traceparent, null);
        }

        /** Without a span. */
        public How(boolean paused, boolean again, boolean forced) {
            this(paused, again, forced, null);
        }

        /** The same as the backfill of a migration. */
        public How ofMigration(String name) {
            return new How(paused, again, forced, traceparent, name);
        }

        /** It runs as soon as it is planned, its name is new, and nothing is at stake. */
        public static final How USUAL = new How(false, false, false);
    }

    /**
     * The job that uses a name.
     *
     * @param job its id
     * @param succeeded whether it SUCCEEDED; otherwise it is unfinished
     */
    record NameUse(long job, boolean succeeded) {}

    /**
     * The result of storing.
     *
     * @param job the id of the stored job; nothing if its name is in use
     * @param use by which job
     */
    record Stored(Optional<Long> job, Optional<NameUse> use) {}

    /**
     * An unfinished job.
     *
     * @param columns the columns that it sets
     */
    record OtherJob(long id, String name, List<String> columns) {}
}
