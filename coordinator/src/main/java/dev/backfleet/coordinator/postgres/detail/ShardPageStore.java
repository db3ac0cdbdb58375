package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.query.detail.ShardPage;
import dev.backfleet.coordinator.query.detail.ShardPage.ShardDetails;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The statements that read shards, a page at a time. A job may have a million: shards that are in flight or FAILED are found by
 * their partial indexes; others are looked for among some thousand numbers, and the page ends there.
 */
final class ShardPageStore {

    /** How many shards a page looks at to find some in a state that no index has by number. */
    static final int MOST_READ = 2_000;

    private static final String COLUMNS = """
            select s.*, coalesce(s.error, (
                     select string_agg(n.note, '; ' order by n.topic) from backfleet.job_note n
                     where n.job_id = s.job_id and n.topic in ('walk of shard ' || s.number, 'tries of shard ' || s.number)
                       and s.state not in ('DONE', 'FAILED') and n.at >= coalesce(s.last_batch_at, n.at))) as told
            from (%s) s order by s.number
            """;

    private static final String ANY = COLUMNS.formatted("""
            select * from backfleet.shard where job_id = :job and number > :after order by number limit :limit + 1
            """);

    // The constant makes the partial index usable; few shards are in flight, so that their order costs nothing.
    private static final String IN_FLIGHT = COLUMNS.formatted("""
            select * from (
              select * from backfleet.shard where job_id = :job and state = '%s' offset 0
            ) f where number > :after order by number limit :limit + 1
            """);

    private static final String FAILED = COLUMNS.formatted("""
            select * from backfleet.shard where job_id = :job and number > :after and state = 'FAILED'
            order by number limit :limit + 1
            """);

    private static final String AMONG = COLUMNS.formatted("""
            select * from (
              select * from backfleet.shard where job_id = :job and number > :after order by number limit :most
            ) f where state = :state order by number limit :limit + 1
            """);

    // Two ranges of two indexes: planned shards by their number, others by that of the shard that they were split from.
    private static final String OF_BUCKET = COLUMNS.formatted("""
            select * from (
              select s.* from backfleet.job j join backfleet.shard s on s.job_id = j.id and s.parent is null
                and s.number > (:bucket - 1) * j.map_width and s.number <= :bucket * j.map_width
              where j.id = :job
              union all
              select s.* from backfleet.job j cross join (values (true), (false)) t (tallied)
              join backfleet.shard s on s.job_id = j.id and s.tallied = t.tallied and s.parent is not null
                and s.parent > (:bucket - 1) * j.map_width and s.parent <= :bucket * j.map_width
              where j.id = :job
            ) f where number > :after and (:state::text is null or state = :state) order by number limit :limit + 1
            """);

    private static final String BUCKETS = """
            select coalesce(max(b.bucket), 0) from backfleet.job j join backfleet.shard_bucket b on b.job_id = j.id
            where j.id = :job and j.map_next is null
            """;

    private static final String LAST_READ = """
            select max(number) from (
              select number from backfleet.shard where job_id = :job and number > :after order by number limit :most
            ) f having count(*) = :most
            """;

    private static final String KEY_COLUMNS = """
            select c ->> 'name' from backfleet.job j, jsonb_array_elements(j.definition -> 'key') with ordinality k (c, i)
            where j.id = :job order by i
            """;

    // Of a definition that only another release can read, too.
    private static final String PASSES = """
            select coalesce((definition #>> '{walk,passes}')::integer, 1) from backfleet.job where id = :job
            """;

    private final Handle handle;

    ShardPageStore(Handle handle) {
        this.handle = handle;
    }

    /** Some shards of a job, those after a number. */
    ShardPage page(long job, Optional<ShardState> state, int after, int limit) {
        forceIndexes();
        var found = shards(job, state, after, limit);
        var shards = found.size() > limit ? found.subList(0, limit) : found;
        return new ShardPage(keyColumns(job), passes(job), shards, next(job, state, after, found, shards));
    }

    /** The same of a bucket of the job's map. */
    ShardPage pageOfBucket(long job, int bucket, Optional<ShardState> state, int after, int limit) {
        forceIndexes();
        var found = handle.createQuery(OF_BUCKET)
                .bind("job", job)
                .bind("bucket", bucket)
                .bind("state", state.map(ShardState::name).orElse(null))
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> shard(row))
                .list();
        var shards = found.size() > limit ? found.subList(0, limit) : found;
        return new ShardPage(
                keyColumns(job),
                passes(job),
                shards,
                found.size() > limit ? shards.get(limit - 1).number() : null);
    }

    /** The number of the last bucket of a job's map; 0 if it is not complete. */
    int buckets(long job) {
        return handle.createQuery(BUCKETS).bind("job", job).mapTo(Integer.class).one();
    }

    private void forceIndexes() {
        // The indexes are right, however out of date the planner's statistics are.
        handle.execute("set local enable_seqscan = off");
        handle.execute("set local enable_bitmapscan = off");
        handle.execute("set local jit = off");
    }

    private @Nullable Integer next(
            long job, Optional<ShardState> state, int after, List<ShardDetails> found, List<ShardDetails> shards) {
        if (found.size() > shards.size()) {
            return shards.get(shards.size() - 1).number();
        }
        return state.filter(ShardPageStore::isLookedFor)
                .flatMap(looked -> handle.createQuery(LAST_READ)
                        .bind("job", job)
                        .bind("after", after)
                        .bind("most", MOST_READ)
                        .mapTo(Integer.class)
                        .findOne())
                .orElse(null);
    }

    private List<ShardDetails> shards(long job, Optional<ShardState> state, int after, int limit) {
        var sql = state.map(one -> switch (one) {
                    case DISPATCHED, RUNNING -> IN_FLIGHT.formatted(one.name());
                    case FAILED -> FAILED;
                    case PENDING, DONE -> AMONG;
                })
                .orElse(ANY);
        var query =
                handle.createQuery(sql).bind("job", job).bind("after", after).bind("limit", limit);
        state.filter(ShardPageStore::isLookedFor)
                .ifPresent(one -> query.bind("state", one.name()).bind("most", MOST_READ));
        return query.map((row, context) -> shard(row)).list();
    }

    private int passes(long job) {
        return handle.createQuery(PASSES)
                .bind("job", job)
                .mapTo(Integer.class)
                .findOne()
                .orElse(1);
    }

    private static boolean isLookedFor(ShardState state) {
        return state == ShardState.PENDING || state == ShardState.DONE;
    }

    private List<String> keyColumns(long job) {
        return handle.createQuery(KEY_COLUMNS).bind("job", job).mapTo(String.class).stream()
                .map(name -> Identifier.of(name).toString())
                .toList();
    }

    private static ShardDetails shard(ResultSet row) throws SQLException {
        var lastBatch = row.getObject("last_batch_at", OffsetDateTime.class);
        return new ShardDetails(
                row.getInt("number"),
                ShardState.valueOf(row.getString("state")),
                row.getBoolean("held"),
                row.getInt("wave"),
                key(row, "lower"),
                List.of((String[]) row.getArray("upper").getArray()),
                key(row, "cursor"),
                row.getInt("pass") + 1,
                row.getBoolean("merged"),
                row.getLong("rows_walked"),
                row.getLong("rows_changed"),
                row.getLong("batches"),
                row.getString("worker"),
                row.getLong("epoch"),
                lastBatch == null ? null : lastBatch.toInstant(),
                row.getString("error_code"),
                row.getString("told"));
    }

    private static @Nullable List<String> key(ResultSet row, String column) throws SQLException {
        var stored = row.getArray(column);
        return stored == null ? null : List.of((String[]) stored.getArray());
    }
}
