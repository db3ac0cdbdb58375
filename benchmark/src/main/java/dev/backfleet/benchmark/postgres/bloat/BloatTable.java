package dev.backfleet.benchmark.postgres.bloat;

import dev.backfleet.benchmark.postgres.Sql;
import java.sql.SQLException;

/** A table of some 200 bytes a row, with a column that no index has: full pages, in the order of the key. */
final class BloatTable {
    private static final String CREATE = """
            create table wide (
              id bigint not null, a integer not null, b integer not null, c bigint not null, d timestamptz not null,
              filler text not null, n integer not null
            ) with (autovacuum_enabled = %s)
            """;

    private static final String FILL = """
            insert into wide
            select g, (g * 7919 %% 1000003)::integer, (g / 10)::integer, g * 104729 %% 15485863,
                   timestamptz '2020-01-01' + g * interval '1 second', repeat('x', 130), 0
            from generate_series(1, %d::bigint) g
            """;

    private final String url;
    private final long rows;
    private final int indexes;
    private final boolean autovacuum;

    BloatTable(String url, long rows, int indexes, boolean autovacuum) {
        this.url = url;
        this.rows = rows;
        this.indexes = indexes;
        this.autovacuum = autovacuum;
    }

    long rows() {
        return rows;
    }

    /** Recreates the table: filled, indexed, vacuumed, analyzed and flushed to disk. */
    Sizes restore() throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("drop table if exists wide");
            sql.run(CREATE.formatted(autovacuum ? "on" : "off"));
            sql.run(FILL.formatted(rows));
            sql.run("alter table wide add primary key (id)");
            for (var i = 0; i < indexes; i++) {
                sql.run("create index on wide (" + (char) ('a' + i) + ")");
            }
            sql.run("vacuum (analyze) wide");
            sql.run("checkpoint");
            return sizes(sql);
        }
    }

    Sizes sizes() throws SQLException {
        try (var sql = Sql.connect(url)) {
            return sizes(sql);
        }
    }

    private static Sizes sizes(Sql sql) throws SQLException {
        return sql.row(
                "select pg_relation_size('wide'), pg_indexes_size('wide'), pg_stat_get_tuples_updated('wide'::regclass),"
                        + " pg_stat_get_tuples_hot_updated('wide'::regclass)",
                row -> new Sizes(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    /** How many rows were not changed once. */
    long wrong() throws SQLException {
        try (var sql = Sql.connect(url)) {
            return sql.number("select count(*) from wide where n <> 1");
        }
    }

    /** The sizes in bytes, and how many updates there were. */
    record Sizes(long table, long indexes, long updated, long hot) {}
}
