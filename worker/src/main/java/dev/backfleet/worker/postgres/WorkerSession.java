package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.Database;
import java.util.List;

/**
 * How a worker's sessions are set up: the plan is pinned to the key's index, and a batch is over before the server
 * would look for a deadlock's victim, so that the victim is never the application.
 */
public final class WorkerSession {

    /** The share of the server's deadlock_timeout after which a batch gives up, in tenths. */
    private static final String BATCH_LIFETIME = "8";

    /** The share of the server's deadlock_timeout after which a batch stops waiting for a lock, in tenths. */
    private static final String LOCK_WAIT = "5";

    private WorkerSession() {}

    /** The statements that set a session up. */
    public static List<String> statements() {
        return List.of(
                // One statement walks an index; the planner's guesses about parameters must not change that.
                "set jit = off",
                "set enable_seqscan = off",
                "set plan_cache_mode = force_generic_plan",
                // Rows that a policy hides would be missed in silence: an error is better.
                "set row_security = off",
                // A batch turns it off for itself; claims, and what ends a shard, must survive a crash.
                "select pg_catalog.set_config('synchronous_commit', case reset_val when 'off' then 'on' else reset_val "
                        + "end, false) from pg_catalog.pg_settings where name = 'synchronous_commit'",
                timeout("statement_timeout", BATCH_LIFETIME),
                timeout("lock_timeout", LOCK_WAIT));
    }

    /**
     * Asks for the control schema once.
     *
     * @throws RuntimeException if the database cannot be reached, or is not set up
     */
    public static void requireControlSchema(Database database) {
        database.jdbi().useHandle(handle -> handle.execute("select from backfleet.shard limit 0"));
    }

    private static String timeout(String name, String tenths) {
        return "select pg_catalog.set_config('" + name + "', (setting::int * " + tenths + " / 10)::text, false) "
                + "from pg_catalog.pg_settings where name = 'deadlock_timeout'";
    }
}
