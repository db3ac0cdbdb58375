package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.postgres.SessionSettings;
import java.util.List;
import java.util.Map;

/**
 * The settings under which batches run: plans use the key's index, and a batch ends before the server's deadlock check would run
 * for a transaction that waits for it, so that the application is never the deadlock's victim.
 */
public final class BatchSession {

    // Shares of the server's deadlock_timeout. A transaction that waits for a batch runs the deadlock check after all
    // of it: the batch has ended by then.
    private static final double STATEMENT = 0.8;
    private static final double OTHER_LOCKS = 0.5;

    private static final double WITH_ROWS = 0.05;
    private static final double WITHOUT_ROWS = 0.2;

    private BatchSession() {}

    /** The statements that set a session up; in a transaction that is rolled back they hold until its end. */
    public static List<String> statements() {
        return List.of(
                // The statement walks an index; the planner's estimates for parameters must not change that.
                "set enable_seqscan = off",
                // Where pages are expensive, all rows up to the shard's end would be read and sorted for the first of
                // them.
                "set enable_sort = off",
                "set plan_cache_mode = force_generic_plan",
                SessionSettings.timeouts(Map.of(
                        "statement_timeout",
                        STATEMENT,
                        "lock_timeout",
                        OTHER_LOCKS,
                        BatchStatement.WAIT_WITH_ROWS,
                        WITH_ROWS,
                        BatchStatement.WAIT_WITHOUT_ROWS,
                        WITHOUT_ROWS)));
    }
}
