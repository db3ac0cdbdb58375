package dev.backfleet.standalone.postgres.application;

import dev.backfleet.common.postgres.Database;
import java.util.Optional;
import java.util.OptionalLong;

/** What the demo asks of its migration, {@code split-names}, between two commands. */
public final class SplitNames {
    private static final String STATE =
            "select state from backfleet.migration where name = 'split-names' order by id desc limit 1";
    private static final String JOB =
            "select job_id from backfleet.migration where name = 'split-names' and job_id is not null order by id desc limit 1";
    private static final String APART = """
            select count(*) from public.customers where full_name is distinct from concat_ws(' ', first_name, last_name)
            """;
    private static final String COLUMNS = """
            select string_agg(attname, ', ' order by attnum) from pg_attribute
            where attrelid = 'public.customers'::regclass and attnum > 0 and not attisdropped
            """;
    private static final String HELD_UP = "select coalesce(max(longest_ms), 0) from backfleet.migration_step";

    private final Database database;

    /** Creates it. */
    public SplitNames(Database database) {
        this.database = database;
    }

    /** Lets the server count which statements are executed. */
    public void prepare() {
        database.jdbi().useHandle(handle -> handle.execute("create extension if not exists pg_stat_statements"));
    }

    /** The state of the migration; empty before it is applied. */
    public Optional<String> state() {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(STATE).mapTo(String.class).findFirst());
    }

    /** The id of its job, once there is one. */
    public OptionalLong job() {
        return database.jdbi().withHandle(handle -> handle.createQuery(JOB).mapTo(Long.class).stream()
                .mapToLong(Long::longValue)
                .findFirst());
    }

    /** How many rows have shapes that do not agree. */
    public long rowsApart() {
        return number(APART);
    }

    /** The columns of the table. */
    public String columns() {
        return database.jdbi()
                .withHandle(handle ->
                        handle.createQuery(COLUMNS).mapTo(String.class).one());
    }

    /** For how many milliseconds the locks of its steps held the application up at most at a time. */
    public long longestHoldMillis() {
        return number(HELD_UP);
    }

    private long number(String sql) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
