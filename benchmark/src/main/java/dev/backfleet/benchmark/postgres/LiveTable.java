package dev.backfleet.benchmark.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The customers with an application that writes both shapes, and the application's acknowledged writes. */
public final class LiveTable {
    // The application counts its writes in each row; the written value is computed from the count.
    private static final String CHECK = """
            select count(*) filter (where first_name is null) as missing,
                   count(*) filter (where (first_name, last_name) is distinct from
                       (split_part(full_name, ' ', 1), substr(full_name, strpos(full_name, ' ') + 1))
                     and (first_name is not null or last_name is not null or c.writes > 0)) as stale,
                   count(*) filter (where c.writes < coalesce(a.writes, 0)
                     or c.writes > 0 and c.full_name <> 'Given' || c.writes || ' Family' || c.id) as lost
            from customers c left join acknowledged a using (id)
            """;

    // What a segment of the write-ahead log holds, and how much of it a backfill writes for each row.
    private static final int SEGMENT = 16 << 20;
    private static final int WAL_PER_ROW = 600;

    private final String url;
    private final Customers customers;
    private volatile AtomicIntegerArray acknowledged = new AtomicIntegerArray(0);

    /**
     * Creates it.
     *
     * @param url the database
     * @param customers what it is restored from
     */
    public LiveTable(String url, Customers customers) {
        this.url = url;
        this.customers = customers;
    }

    /**
     * Gives the server enough reusable segments of the write-ahead log, as a server has that has been running for long.
     * Otherwise commits wait while each new segment is filled with zeros.
     */
    public void readyLog() throws SQLException {
        try (var sql = Sql.connect(url)) {
            for (long i = 0; i <= customers.rows() * WAL_PER_ROW / SEGMENT; i++) {
                sql.run("select pg_logical_emit_message(false, 'backfleet', 'a segment')");
                sql.run("select pg_switch_wal()");
            }
            sql.run("checkpoint");
        }
    }

    /** Recreates the table, without any write of the application. */
    public void restore() throws SQLException {
        customers.restore();
        try (var sql = Sql.connect(url)) {
            sql.run("alter table customers add column writes integer not null default 0");
            sql.run("vacuum (analyze) customers");
            sql.run("checkpoint");
        }
        acknowledged = new AtomicIntegerArray(Math.toIntExact(customers.rows()) + 1);
    }

    /** How many rows it has; their ids go from 1 to that. */
    public long rows() {
        return customers.rows();
    }

    /** Records that a write of the application to a row was acknowledged. */
    void acknowledge(long id) {
        acknowledged.incrementAndGet((int) id);
    }

    /** Compares both shapes of each row, and each row with the acknowledged writes. */
    public Verdict check() throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("create temp table acknowledged (id bigint primary key, writes integer not null)");
            try (var insert = sql.connection()
                    .prepareStatement("insert into acknowledged select * from unnest(?::bigint[], ?::integer[])")) {
                List<Long> ids = new ArrayList<>();
                List<Integer> writes = new ArrayList<>();
                for (int id = 1; id < acknowledged.length(); id++) {
                    if (acknowledged.get(id) > 0) {
                        ids.add((long) id);
                        writes.add(acknowledged.get(id));
                    }
                }
                insert.setArray(1, sql.connection().createArrayOf("bigint", ids.toArray()));
                insert.setArray(2, sql.connection().createArrayOf("integer", writes.toArray()));
                insert.execute();
            }
            return sql.row(
                    CHECK, row -> new Verdict(row.getLong("missing"), row.getLong("stale"), row.getLong("lost")));
        }
    }

    /**
     * Errors in the table.
     *
     * @param missing rows without the new shape
     * @param stale rows whose new shape does not match the old one
     * @param lost rows that lack an acknowledged write
     */
    public record Verdict(long missing, long stale, long lost) {
        /**
         * Fails if the table has errors: the measurement of a backfill that loses data is invalid.
         *
         * @param complete whether every row should have been changed
         * @throws IllegalStateException if something is wrong
         */
        public void require(boolean complete) {
            if (stale > 0 || lost > 0 || (complete && missing > 0)) {
                throw new IllegalStateException("rows missed: " + missing + ", with shapes that do not fit: " + stale
                        + ", that lost an acknowledged write: " + lost);
            }
        }
    }
}
