package dev.backfleet.worker.postgres;

import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Update;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds a note to a job's status that a shard does not advance, with the last of the failures in a row, or why a standby cannot be
 * read. The note is shown as long as the shard, or for a standby any shard, has not committed a batch since: it need not be removed.
 */
final class StuckShard {
    private static final Logger LOG = LoggerFactory.getLogger(StuckShard.class);

    private static final String NOTE = """
            insert into backfleet.job_note as n (job_id, topic, note)
            select s.job_id, 'tries of shard ' || s.number,
                   pg_catalog.format('shard %s has not advanced since %s: each try failed, the last one at %s, of worker %s, with %s: %s',
                     s.number,
                     pg_catalog.to_char(coalesce(s.last_batch_at, j.started_at, j.submitted_at), 'YYYY-MM-DD HH24:MI:SS TZ'),
                     pg_catalog.to_char(pg_catalog.clock_timestamp(), 'HH24:MI:SS TZ'), :worker, :code, :message)
            from backfleet.shard s join backfleet.job j on j.id = s.job_id
            where s.job_id = :job and s.number = :number and s.epoch = :epoch and s.state = 'RUNNING'
            on conflict (job_id, topic) do update set note = excluded.note, at = excluded.at
            """;

    // One for all shards: what they wait for is the same.
    private static final String NOTE_OF_STANDBY = """
            insert into backfleet.job_note as n (job_id, topic, note)
            select s.job_id, 'standby', pg_catalog.format('%s (worker %s, at %s): %s: %s', :standby, :worker,
                     pg_catalog.to_char(pg_catalog.clock_timestamp(), 'HH24:MI:SS TZ'), :code, :message)
            from backfleet.shard s
            where s.job_id = :job and s.number = :number and s.epoch = :epoch and s.state = 'RUNNING'
            on conflict (job_id, topic) do update set note = excluded.note, at = excluded.at
            """;

    private StuckShard() {}

    /** Stores the note. A role without the permission to do so can give the shard back all the same. */
    static void note(Handle handle, Claim claim, String worker, Failure failure) {
        try {
            update(handle, failure)
                    .bind("worker", worker)
                    .bind("code", failure.code())
                    .bind("message", failure.message())
                    .bind("job", claim.shard().job())
                    .bind("number", claim.shard().number())
                    .bind("epoch", claim.epoch())
                    .execute();
        } catch (JdbiException e) {
            LOG.atDebug().setCause(e).log("the note that a shard does not advance could not be stored");
        }
    }

    private static Update update(Handle handle, Failure failure) {
        return failure.standby() == null
                ? handle.createUpdate(NOTE)
                : handle.createUpdate(NOTE_OF_STANDBY).bind("standby", failure.standby());
    }
}
