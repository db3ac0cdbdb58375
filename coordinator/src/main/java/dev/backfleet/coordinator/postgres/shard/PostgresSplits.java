package dev.backfleet.coordinator.postgres.shard;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Walk;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.job.JobStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;

/** Splits running shards, each in about the middle of its remaining range. */
public final class PostgresSplits implements StragglerSplitter.Splits {

    /** Too few rows for a split: about as many as a slot processes in the time that a split takes. */
    private static final int FEWEST_ROWS = 4_000;

    /** How many shards are examined for each one that is to be split. */
    private static final int LOOKED_AT = 8;

    /** How many rows after the checkpoint are read one by one. */
    private static final int MOST_SCANNED = 200_000;

    /** How many pages are sampled if a shard has more rows than that. */
    private static final int SAMPLED_PAGES = 400;

    private static final String CURSOR = "(:cursor::text[])";
    private static final String UPPER = "(:upper::text[])";
    private static final String POINT = "(:point::text[])";

    // Each of them is then scanned: in a large fleet, only those with the least progress.
    private static final String RUNNING = """
            select s.number, s.relation::bigint as oid, r.schema_name, r.table_name, s.cursor, s.pass, s.upper
            from backfleet.shard s
            join backfleet.job j on j.id = s.job_id and j.state = 'RUNNING'
            join backfleet.job_relation r on r.job_id = s.job_id and r.relation = s.relation
            where s.job_id = :job and s.state = 'RUNNING' and not s.held
            order by s.rows_walked
            limit :looked
            """;

    // Scans only the index, and stops early: the number of remaining rows, and the key in the middle.
    private static final String MIDDLE = """
            with backfleet_walk as materialized (
              %s
            ), backfleet_inside as (
              select k.*, row_number() over (order by %s) as backfleet_place, count(*) over () as backfleet_rows
              from backfleet_walk k where %s
            )
            select %s as point, k.backfleet_rows as rows
            from backfleet_inside k where k.backfleet_place = (k.backfleet_rows + 1) / 2
            """;

    private static final String SAMPLED_MIDDLE = """
            with backfleet_inside as (
              select %s, row_number() over (order by %s) as backfleet_place, count(*) over () as backfleet_rows
              from only %s k tablesample system (%s) where %s and %s
            )
            select %s as point, k.backfleet_rows as rows
            from backfleet_inside k where k.backfleet_place = (k.backfleet_rows + 1) / 2 and k.backfleet_rows >= 20
            """;

    private static final String PAGES = "select pg_relation_size(:relation::oid) / current_setting('block_size')::int";

    private static final String LOCK = """
            select number from backfleet.shard
            where job_id = :job and number = :number and state in ('PENDING', 'DISPATCHED', 'RUNNING') and not held
            for update
            """;

    // Checked under the lock: the batches may have passed the point in the meantime.
    private static final String INSIDE = """
            select exists (select from (%s) k where s.cursor is null or %s)
              and exists (select from (%s) k where %s)
            from backfleet.shard s where s.job_id = :job and s.number = :number
            """;

    private final Database database;
    private final int mostScanned;

    public PostgresSplits(Database database) {
        this(database, MOST_SCANNED);
    }

    /** @param mostScanned how many rows after the checkpoint are read one by one */
    PostgresSplits(Database database, int mostScanned) {
        this.database = database;
        this.mostScanned = mostScanned;
    }

    @Override
    public int splitRunning(long job, int count) {
        return database.jdbi().withHandle(handle -> {
            var definition = readable(handle, job);
            if (definition.isEmpty()) {
                return 0;
            }
            return (int) candidates(handle, job, definition.get(), count).stream()
                    .limit(count)
                    .filter(middle -> split(job, definition.get(), middle))
                    .count();
        });
    }

    // A job that cannot be read is reported by the throttle.
    private static Optional<JobDefinition> readable(Handle handle, long job) {
        try {
            return new JobStore(handle).definition(job);
        } catch (UnreadableException e) {
            return Optional.empty();
        }
    }

    /** The shards that are large enough for a split, those with the most remaining rows first. */
    private List<Middle> candidates(Handle handle, long job, JobDefinition definition, int count) {
        return handle.inTransaction(transaction -> {
            // A locked table, or one that is slow to scan, must not delay this duty for long.
            transaction.execute("set local lock_timeout = '200ms'");
            transaction.execute("set local statement_timeout = '2s'");
            transaction.execute("set local enable_seqscan = off");
            transaction.execute("set local jit = off");
            return transaction
                    .createQuery(RUNNING)
                    .bind("job", job)
                    .bind("looked", LOOKED_AT * count)
                    .map((row, context) -> Running.of(row))
                    .list()
                    .stream()
                    .flatMap(shard -> middle(transaction, definition, shard).stream())
                    .map(middle -> middle.inPasses(definition.walk()))
                    .filter(middle -> middle.rows >= FEWEST_ROWS)
                    .sorted(Comparator.comparing(Middle::rows).reversed())
                    .toList();
        });
    }

    private Optional<Middle> middle(Handle handle, JobDefinition definition, Running shard) {
        var space = new KeySpace(definition, shard.relation);
        var scanned = ask(handle, scan(space, shard), shard)
                .bind("scanned", mostScanned)
                .map((row, context) -> Middle.of(shard, row))
                .findOne();
        if (scanned.isEmpty() || scanned.get().rows < mostScanned) {
            return scanned;
        }
        var pages = handle.createQuery(PAGES)
                .bind("relation", shard.relation.oid())
                .mapTo(Double.class)
                .one();
        var percent = String.format(Locale.ROOT, "%.6f", Math.min(100, 100 * SAMPLED_PAGES / Math.max(1, pages)));
        return ask(handle, sample(space, shard, percent), shard)
                .map((row, context) -> new Middle(shard, Middle.of(shard, row).point, mostScanned))
                .findOne()
                .or(() -> scanned);
    }

    private static String scan(KeySpace space, Running shard) {
        var selected = space.selected();
        var inReach = space.tenants(space.tenantColumn(), Comparison.LESS_OR_EQUAL, space.tenantOf(UPPER));
        var scan = shard.cursor.size() == space.columns()
                ? space.firstAfter(CURSOR, inReach, ":scanned")
                : space.first(after(space, shard) + " and " + inReach, false, ":scanned");
        return MIDDLE.formatted(scan, selected.ordered(), selected.upTo(UPPER), selected.point());
    }

    private static String sample(KeySpace space, Running shard, String percent) {
        return SAMPLED_MIDDLE.formatted(
                space.key(),
                space.ordered(),
                space.relation(),
                percent,
                after(space, shard),
                space.upTo(UPPER),
                space.selected().point());
    }

    // One text for each kind of point, so that the index scan starts at the point.
    private static String after(KeySpace space, Running shard) {
        if (shard.cursor.isEmpty()) {
            // So that the statement has the parameter in any case.
            return CURSOR + " is not null";
        }
        return shard.cursor.size() == space.columns()
                ? space.afterRow(CURSOR)
                : space.tenants(space.tenantColumn(), Comparison.GREATER, space.tenantOf(CURSOR));
    }

    private static Query ask(Handle handle, String sql, Running shard) {
        return handle.createQuery(sql)
                .bindArray("cursor", String.class, shard.cursor)
                .bindArray("upper", String.class, shard.upper);
    }

    // A locked row is skipped; the next round tries again.
    private boolean split(long job, JobDefinition definition, Middle middle) {
        try {
            return splitIfInside(job, definition, middle);
        } catch (JdbiException e) {
            if (Refusal.gaveWay(e)) {
                return false;
            }
            throw e;
        }
    }

    private boolean splitIfInside(long job, JobDefinition definition, Middle middle) {
        return database.jdbi().inTransaction(handle -> {
            var splits = new ShardSplits(handle, job);
            splits.begin();
            if (!isInside(handle, job, definition, middle)) {
                return false;
            }
            splits.split(middle.shard.number, List.of(middle.point));
            return true;
        });
    }

    private static boolean isInside(Handle handle, long job, JobDefinition definition, Middle middle) {
        var space = new KeySpace(definition, middle.shard.relation);
        var selected = space.selected();
        var sql = INSIDE.formatted(
                space.first(space.upToRow(POINT), true, "1"),
                selected.after("s.cursor"),
                space.first(space.afterRow(POINT), false, "1"),
                selected.upTo("s.upper"));
        var locked = handle.createQuery(LOCK)
                .bind("job", job)
                .bind("number", middle.shard.number)
                .mapTo(Integer.class)
                .findOne();
        return locked.isPresent()
                && handle.createQuery(sql)
                        .bind("job", job)
                        .bind("number", middle.shard.number)
                        .bindArray("point", String.class, middle.point)
                        .mapTo(Boolean.class)
                        .one();
    }

    private record Running(
            int number, JobDefinition.Table relation, int pass, List<String> cursor, List<String> upper) {
        static Running of(ResultSet row) throws SQLException {
            var relation = new JobDefinition.Table(
                    row.getLong("oid"), row.getString("schema_name"), row.getString("table_name"));
            return new Running(
                    row.getInt("number"), relation, row.getInt("pass"), point(row, "cursor"), point(row, "upper"));
        }
    }

    private record Middle(Running shard, List<String> point, long rows) {
        static Middle of(Running shard, ResultSet row) throws SQLException {
            return new Middle(shard, PostgresSplits.point(row, "point"), row.getLong("rows"));
        }

        // Of the rows after the cursor, those of earlier classes are changed.
        Middle inPasses(Walk walk) {
            return new Middle(shard, point, rows * (walk.passes() - shard.pass) / walk.passes());
        }
    }

    private static List<String> point(ResultSet row, String column) throws SQLException {
        var array = row.getArray(column);
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }
}
