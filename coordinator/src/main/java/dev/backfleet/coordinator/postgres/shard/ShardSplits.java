package dev.backfleet.coordinator.postgres.shard;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The statements that split shards. A split is one transaction that begins with {@link #begin}; it locks the shard's row, so
 * that no batch is under way, and a batch that waits for the row reads the new bound.
 */
public final class ShardSplits {

    // One split at a time for each job: it must see the shards of the split before.
    private static final String LOCK = "select pg_advisory_xact_lock(hashtextextended('backfleet shards ' || :job, 0))";

    // Shorter than deadlock_timeout: in a deadlock with a pause, the split fails and not the pause.
    private static final String TIMEOUT = """
            select set_config('lock_timeout', (setting::int * 9 / 10)::text, true)
            from pg_catalog.pg_settings where name = 'deadlock_timeout'
            """;

    // If the bound is the end of a tenant instead of a row, the shard needs a new claim: the worker's present statement
    // cannot use it.
    private static final String END_AT = """
            update backfleet.shard s
            set lower = case when :passed > 0 then :lower::text[] else s.lower end,
                upper = n.upper,
                state = case when n.taken then 'PENDING' else s.state end,
                worker = case when not n.taken then s.worker end,
                lease_until = case when not n.taken then s.lease_until end
            from (select number, :upper::text[] as upper,
                         state = 'RUNNING' and cardinality(:upper::text[]) < cardinality(upper) as taken
                  from backfleet.shard where job_id = :job and number = :number) n
            where s.job_id = :job and s.number = n.number
            """;

    // A piece of which rows were changed by the shard has its last batch, too.
    private static final String ADD = """
            insert into backfleet.shard (job_id, number, parent, relation, turn, wave, lower, cursor, upper, pass, merged,
                                         last_batch_at)
            select s.job_id, (select max(number) + 1 from backfleet.shard where job_id = :job), coalesce(s.parent, s.number),
                   s.relation, s.turn, s.wave, n.lower, n.lower, :upper, n.pass, s.merged,
                   case when n.pass > 0 then s.last_batch_at end
            from backfleet.shard s
            cross join lateral (select case when :first then s.lower else :lower::text[] end,
                                       case when :through then s.pass + 1 else s.pass end) n (lower, pass)
            where s.job_id = :job and s.number = :number
            returning number
            """;

    private static final String UPPER = "select upper from backfleet.shard where job_id = :job and number = :number";

    private final Handle handle;
    private final long job;

    public ShardSplits(Handle handle, long job) {
        this.handle = handle;
        this.job = job;
    }

    /** Locks the splitting of shards of the job until the transaction ends. */
    public void begin() {
        if (!handle.isInTransaction()) {
            throw new IllegalStateException("a split must be in one transaction");
        }
        handle.createQuery(TIMEOUT).mapTo(String.class).one();
        // No sequential scans to find one row, even if the statistics suggest them.
        handle.execute("set local enable_seqscan = off");
        handle.execute("set local jit = off");
        handle.createQuery(LOCK).bind("job", job).mapTo(String.class).findOne();
    }

    /**
     * Splits a shard whose row is locked at points in key order, each after its cursor and before its upper bound; the shard
     * itself keeps the first piece.
     *
     * @return the numbers of the pieces, the shard's own first
     */
    public List<Integer> split(int number, List<List<String>> points) {
        return split(number, points, 0);
    }

    /**
     * Splits a shard whose row is locked at points in key order, each before its upper bound. It keeps the piece in which its cursor is,
     * since a worker may hold it; the pieces before that one are through with the pass under way, and begin the next one.
     *
     * @param passed how many of the points are at the cursor or before it; 0 in the last pass
     * @return the numbers of the pieces in key order
     */
    public List<Integer> split(int number, List<List<String>> points, int passed) {
        var numbers = new ArrayList<Integer>();
        var end = upper(number);
        for (var i = 0; i <= points.size(); i++) {
            var upper = i < points.size() ? points.get(i) : end;
            numbers.add(i == passed ? number : add(number, i == 0 ? null : points.get(i - 1), upper, i < passed));
        }
        if (!points.isEmpty()) {
            handle.createUpdate(END_AT)
                    .bind("job", job)
                    .bind("number", number)
                    .bind("passed", passed)
                    .bindArray("lower", String.class, passed == 0 ? List.of() : points.get(passed - 1))
                    .bindArray("upper", String.class, passed < points.size() ? points.get(passed) : end)
                    .execute();
        }
        return numbers;
    }

    private List<String> upper(int number) {
        return handle.createQuery(UPPER)
                .bind("job", job)
                .bind("number", number)
                .map((row, context) -> List.of((String[]) row.getArray(1).getArray()))
                .one();
    }

    private int add(int number, @Nullable List<String> lower, List<String> upper, boolean through) {
        return handle.createQuery(ADD)
                .bind("job", job)
                .bind("number", number)
                .bind("first", lower == null)
                .bind("through", through)
                .bindArray("lower", String.class, lower == null ? List.of() : lower)
                .bindArray("upper", String.class, upper)
                .mapTo(Integer.class)
                .one();
    }
}
