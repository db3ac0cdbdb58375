package dev.backfleet.standalone.chaos.load;

import dev.backfleet.standalone.chaos.site.Sql;
import java.sql.SQLException;

/**
 * The table that is changed, {@code dst = dst + src} with each job, and its invariants. The application adds to {@code
 * dst} as well, and records in {@code tally} what it added: so each row shows how often jobs have changed it.
 */
public final class Items {
    /** What no log may hold. */
    public static final String CONFIDENTIAL = "confidential-";

    static final String WORKERS_SESSIONS = "backfleet-worker/%";

    // What the jobs have added to a row; not a multiple of src where something was lost or overwritten. In whole
    // numbers,
    // since every look computes it for every row.
    private static final String ADDED = "(dst - id % 1000 - tally)";

    /** Keys are above it, so that a log that contains one is recognised by {@link #ANY_KEY}. A multiple of 1000. */
    static final long KEYS = 4_711_000_000_000L;

    /** How each key begins. */
    public static final String ANY_KEY = "4711000";

    private final Sql sql;
    private final int rows;

    public Items(Sql sql, int rows) {
        this.sql = sql;
        this.rows = rows;
    }

    public int rows() {
        return rows;
    }

    /** Creates it, with tenants of very unequal size, and with a log of when jobs changed which tenant's rows. */
    public void create() throws SQLException {
        sql.run("create table public.items (id bigint not null, tenant_id integer not null, src bigint not null, "
                + "dst bigint not null, tally bigint not null default 0, note text not null)");
        sql.run("insert into items select " + KEYS
                + " + i, case when i % 3 > 0 then 0 else 1 + i % 40 end, 1 + i % 997, i % 1000, 0, '" + CONFIDENTIAL
                + "' || i from generate_series(1, " + rows + ") i");
        sql.run("alter table items add primary key (id)");
        sql.run("create unique index on items (tenant_id, id)");
        sql.run("analyze items");
        sql.run("create table public.change_log (tenant_id integer not null, rows bigint not null)");
        sql.run("create function log_change() returns trigger language plpgsql as $$ begin "
                + "if current_setting('application_name') like '" + WORKERS_SESSIONS + "' then "
                + "insert into public.change_log select tenant_id, count(*) from changed group by tenant_id; "
                + "end if; return null; end $$");
        sql.run("create trigger log_change after update on items referencing new table as changed "
                + "for each statement execute function log_change()");
    }

    /** Fails unless the checkpoints of the job, the latest of so many, count what was changed, in one snapshot. */
    public long requireCountedAsChanged(long job, int jobs) throws SQLException {
        var before = "src * " + (jobs - 1);
        var row = sql.rows("select count(*) filter (where " + ADDED + " - " + before + " not in (0, src)), "
                        + "sum((" + ADDED + " - " + before + ") / src)::bigint, "
                        + "(select coalesce(sum(rows_changed), 0) from backfleet.shard where job_id = " + job + ") "
                        + "from items")
                .get(0);
        var changed = Long.parseLong(row.get(1));
        require("rows that are wrong while job " + jobs + " runs", Long.parseLong(row.get(0)), 0);
        require("rows counted by job " + jobs, Long.parseLong(row.get(2)), changed);
        return changed;
    }

    /** Fails unless each of so many jobs has changed every row once. */
    public void requireEveryRowOnceByEach(int jobs) throws SQLException {
        require(
                "rows that are not changed once by each of " + jobs + " jobs",
                sql.number("select count(*) from items where " + ADDED + " <> src * " + jobs),
                0);
        require("rows", sql.number("select count(*) from items"), rows);
    }

    public static void require(String what, long found, long expected) {
        if (found != expected) {
            throw new AssertionError(what + ": " + found + " instead of " + expected);
        }
    }
}
