package dev.backfleet.worker.postgres;

import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.worker.shard.Claim;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds a note to a job's status that a shard does not advance because of keys of deleted rows. The note is shown as long as the
 * shard has not committed a batch since: it need not be removed.
 */
final class StuckWalk {
    private static final Logger LOG = LoggerFactory.getLogger(StuckWalk.class);

    // An old snapshot that this role may not see, a prepared transaction and a replication slot have the same effect.
    private static final String NOTE = """
            with oldest as (
              select a.pid, a.usename, a.application_name, a.xact_start
              from pg_catalog.pg_stat_activity a
              where a.backend_xmin is not null and a.pid <> pg_catalog.pg_backend_pid()
                and a.backend_type is distinct from 'autovacuum worker'
              order by pg_catalog.age(a.backend_xmin) desc, a.xact_start limit 1
            )
            insert into backfleet.job_note as n (job_id, topic, note)
            select s.job_id, 'walk of shard ' || s.number,
                   pg_catalog.format('shard %s has not advanced since %s: within %s no row was found after its checkpoint, because of '
                     || 'index entries of deleted rows of %s; %s; to help, end that, then VACUUM the table', s.number,
                     pg_catalog.to_char(coalesce(s.last_batch_at, j.started_at, j.submitted_at), 'YYYY-MM-DD HH24:MI:SS TZ'),
                     ?::text, ?::text,
                     coalesce((select 'VACUUM cannot remove them as long as an old snapshot sees the rows; the oldest is of server '
                         || 'process ' || o.pid || coalesce(', user ' || o.usename, '')
                         || coalesce(', application ' || nullif(o.application_name, ''), '')
                         || coalesce(', since ' || pg_catalog.to_char(o.xact_start, 'YYYY-MM-DD HH24:MI:SS TZ'), '')
                       from oldest o),
                       'no session with an old snapshot is visible to this role: look for prepared transactions and replication '
                         || 'slots'))
            from backfleet.shard s join backfleet.job j on j.id = s.job_id
            where s.job_id = ? and s.number = ? and s.epoch = ? and s.state = 'RUNNING'
            on conflict (job_id, topic) do update set note = excluded.note, at = excluded.at
            """;

    private StuckWalk() {}

    /**
     * Stores the note. A role without the permission to do so does not fail the shard.
     *
     * @param longest how long the search for a row took
     */
    static void note(Connection connection, Claim claim, Duration longest) {
        try (var statement = connection.prepareStatement(NOTE)) {
            statement.setString(1, HumanDuration.format(longest));
            statement.setString(2, claim.relation().quoted());
            statement.setLong(3, claim.shard().job());
            statement.setInt(4, claim.shard().number());
            statement.setLong(5, claim.epoch());
            statement.execute();
        } catch (SQLException e) {
            LOG.atWarn()
                    .addKeyValue("job", claim.shard().job())
                    .addKeyValue("shard", claim.shard().number())
                    .addKeyValue("code", e.getSQLState())
                    .log("the note that a shard does not advance could not be stored");
        }
    }
}
