package dev.backfleet.standalone.chaos;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.faults.CommandLine;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** Checks that a job that moves nothing for a while, though nobody has stopped it, has a problem in its status. */
final class Standstill {
    // Two seconds more than a status grants.
    private static final long PATIENCE_NANOS = 12_000_000_000L;

    private static final String MOVES = """
            select j.state, (select sum(rows_walked) from backfleet.shard s where s.job_id = j.id), j.quarantined,
                   (select max(said_at) from backfleet.control c where c.scope in ('fleet', 'job/' || j.id)),
                   exists (select from backfleet.shard s where s.job_id = j.id and s.state not in ('DONE', 'FAILED'))
            from backfleet.job j where j.id =
            """;

    private final CommandLine commands;
    private List<List<String>> last = List.of();
    private long since = System.nanoTime();
    private int seen;

    Standstill(CommandLine commands) {
        this.commands = commands;
    }

    /** Looks at the job; at its problems too if it has not moved for long. */
    void look(Sql sql, long job) throws SQLException, IOException {
        var now = sql.rows(MOVES + job);
        if (!now.equals(last)) {
            last = now;
            since = System.nanoTime();
            return;
        }
        var isToMove = now.get(0).get(0).equals("RUNNING") && now.get(0).get(4).equals("t");
        if (!isToMove || System.nanoTime() - since < PATIENCE_NANOS) {
            return;
        }
        var status = commands.result("status", Long.toString(job), "-o", "json");
        // The server may have gone meanwhile, or the job may have moved.
        if (status.code() == 0 && sql.rows(MOVES + job).equals(now)) {
            if (new ObjectMapper().readTree(status.out()).get("problems").isEmpty()) {
                throw new AssertionError("a job that stands still has no problem: " + status.out());
            }
            seen++;
        }
        since = System.nanoTime() - PATIENCE_NANOS + 1_000_000_000L;
    }

    /** How often a job that stood still was found, with its problem. */
    int seen() {
        return seen;
    }
}
