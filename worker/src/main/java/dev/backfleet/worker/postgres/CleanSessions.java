package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSnapshot;
import dev.backfleet.worker.execute.LruCache;
import dev.backfleet.worker.shard.Claim;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Restores the settings of a session that a trigger or a function of the user's has changed, before another statement uses the
 * session; closes the session if that fails.
 */
final class CleanSessions {
    private static final Logger LOG = LoggerFactory.getLogger(CleanSessions.class);
    private static final int JOBS = 1_000;

    private final Database database;
    private final LruCache<Long, List<String>> reported = new LruCache<>(JOBS);

    CleanSessions(Database database) {
        this.database = database;
    }

    /** Inspects a session after a batch was committed in it. The batch stays committed if this fails. */
    void inspect(Connection connection, Claim claim) {
        try {
            var changed = SessionSnapshot.restore(connection);
            if (!changed.isEmpty()) {
                report(claim.shard().job(), changed);
            }
        } catch (SQLException e) {
            LOG.atDebug().setCause(e).log("the settings of a session cannot be restored: the session is closed");
            database.evict(connection);
        }
    }

    private void report(long job, List<String> changed) {
        var known = reported.get(job, key -> changed);
        LOG.atLevel(known == changed ? Level.WARN : Level.DEBUG)
                .addKeyValue("job", job)
                .addKeyValue("settings", String.join(", ", changed))
                .log(
                        "a trigger or a function has changed settings of the session beyond its transaction, and they were restored;"
                                + " use set local, or set_config(…, true)");
    }
}
