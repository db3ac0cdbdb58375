package dev.backfleet.worker.postgres;

import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.common.task.Task;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declines the claim of a shard whose job this release cannot read. A job that a later release stored is left to workers
 * of that release; one that no release can read halts and says why.
 */
final class UnreadableJob {
    private static final Logger LOG = LoggerFactory.getLogger(UnreadableJob.class);

    // A dispatch number is claimed once, so this worker still holds the shard.
    private static final String DECLINE = """
            with declined as (
              update backfleet.shard
              set state = 'PENDING', worker = null, lease_until = null,
                  not_before = clock_timestamp() + interval '10 seconds'
              where job_id = :job and number = :number and dispatch = :dispatch and state = 'RUNNING'
              returning job_id
            )
            update backfleet.job j set state = 'HALTED', error = :why
            from declined d
            where j.id = d.job_id and j.state = 'RUNNING' and :halts
            """;

    // Shown by status as long as this process is alive.
    private static final String NOTE = """
            insert into backfleet.job_note as n (job_id, topic, note) values (:job, :topic, :note)
            on conflict (job_id, topic) do update set note = excluded.note, at = excluded.at
            """;

    private UnreadableJob() {}

    static void decline(Handle handle, Task task, String worker, UnreadableException why) {
        handle.createUpdate(DECLINE)
                .bind("job", task.shard().job())
                .bind("number", task.shard().number())
                .bind("dispatch", task.dispatch())
                .bind("why", why.getMessage())
                .bind("halts", !why.newer())
                .execute();
        if (why.newer()) {
            note(handle, task, worker, why);
        }
        LOG.atWarn()
                .addKeyValue("job", task.shard().job())
                .addKeyValue("why", why.getMessage())
                .log("shard declined: this release cannot read its job");
    }

    // The shard is declined even if this fails: grants from before an upgrade lack the permission.
    private static void note(Handle handle, Task task, String worker, UnreadableException why) {
        try {
            handle.createUpdate(NOTE)
                    .bind("job", task.shard().job())
                    .bind("topic", "worker " + worker)
                    .bind("note", "worker " + worker + " cannot work on the job: " + why.getMessage())
                    .execute();
        } catch (JdbiException e) {
            LOG.atDebug().setCause(e).log("the note that the job cannot be read could not be stored");
        }
    }
}
