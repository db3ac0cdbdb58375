package dev.backfleet.benchmark.postgres;

import java.sql.SQLException;

/** Measures how much the write-ahead log grows. */
public final class WalMeter implements AutoCloseable {
    private final Sql sql;
    private final String start;

    private WalMeter(Sql sql, String start) {
        this.sql = sql;
        this.start = start;
    }

    /** Starts to measure. */
    public static WalMeter start(String url) throws SQLException {
        var sql = Sql.connect(url);
        return new WalMeter(sql, sql.row("select pg_current_wal_insert_lsn()::text", row -> row.getString(1)));
    }

    /** Bytes since the start. */
    public long bytes() throws SQLException {
        return sql.number("select (pg_current_wal_insert_lsn() - '" + start + "'::pg_lsn)::bigint");
    }

    @Override
    public void close() throws SQLException {
        sql.close();
    }
}
