package dev.backfleet.benchmark.postgres;

import java.sql.SQLException;

/** The table that is changed, and the copy that it is restored from, in the same physical state each time. */
public final class Customers {

    /** The assignments of every way. */
    static final String ASSIGNMENTS = """
            first_name = split_part(full_name, ' ', 1), last_name = substr(full_name, strpos(full_name, ' ') + 1)""";

    private static final String CREATE_ORIGIN = """
            create unlogged table customers_origin as
            select g as id, (500 * power(g * 7919 %% 1000003 / 1000003.0, 3))::integer as tenant_id,
                   'Given' || g %% 997 || ' Family' || g %% 9973 as full_name,
                   null::text as first_name, null::text as last_name,
                   'user' || g || '@example.org' as email, timestamptz '2020-01-01' + g * interval '1 second' as created_at
            from generate_series(1, %d::bigint) g
            """;

    // Autovacuum comes once in a minute: whether that falls into a run of seconds must not decide it.
    private static final String CREATE = """
            create table customers (
              id bigint not null, tenant_id integer not null, full_name text not null, first_name text, last_name text,
              email text not null, created_at timestamptz not null
            ) with (autovacuum_enabled = off)
            """;

    private final String url;
    private final long rows;

    private Customers(String url, long rows) {
        this.url = url;
        this.rows = rows;
    }

    /** Makes the copy. */
    public static Customers create(String url, long rows) throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("drop table if exists customers_origin");
            sql.run(CREATE_ORIGIN.formatted(rows));
        }
        return new Customers(url, rows);
    }

    /** How many rows it has. */
    public long rows() {
        return rows;
    }

    /** Recreates the table: filled, vacuumed, analyzed and flushed to disk. */
    public void restore() throws SQLException {
        try (var sql = Sql.connect(url)) {
            sql.run("drop table if exists customers");
            sql.run(CREATE);
            sql.run("insert into customers select * from customers_origin order by id");
            sql.run("alter table customers add primary key (id)");
            sql.run("vacuum (analyze) customers");
            sql.run("checkpoint");
        }
    }

    /** How many rows do not have the new shape. */
    public long missing() throws SQLException {
        try (var sql = Sql.connect(url)) {
            return sql.number(
                    "select count(*) from customers where first_name is distinct from split_part(full_name, ' ', 1)"
                            + " or last_name is distinct from substr(full_name, strpos(full_name, ' ') + 1)");
        }
    }
}
