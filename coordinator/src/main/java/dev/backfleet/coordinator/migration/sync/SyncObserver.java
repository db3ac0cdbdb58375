package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.TableName;
import java.util.List;
import java.util.Map;

/**
 * Writes what notes who still writes the old shape alone: a table in the schema of the migration's table, and a function with its owner's
 * rights that the sync calls. Each session notes itself once an hour at most, and not while another one has noted the same user and
 * application. No write of the application waits for another one here, and none fails because of it.
 *
 * <p>The table is unlogged, so that no publication carries it to a subscriber that does not have it. A row without a user tells that it was
 * not emptied by a crash of the server.
 */
public final class SyncObserver {

    // A query of its own rows would make serializable transactions of the application depend on each other.
    private static final String BODY = """

            declare
              backfleet_now timestamptz := pg_catalog.clock_timestamp();
            begin
              if pg_catalog.current_setting('transaction_isolation') = 'serializable'
                  or not exists (select from {table} w
                    where w.username = session_user and w.application = pg_catalog.current_setting('application_name')
                      and w.noted_at > backfleet_now - interval '1 hour') then
                insert into {table} (username, application, noted_at)
                values (session_user, pg_catalog.current_setting('application_name'), backfleet_now);
              end if;
              perform pg_catalog.set_config('backfleet.noted', {hour}, false);
            exception
              when transaction_rollback or insufficient_resources or operator_intervention then
                raise;
              when others then
                null;
            end
            """;

    private static final String NOTE = """
            if backfleet_old and pg_catalog.current_setting('backfleet.noted', true) is distinct from {hour} then
                  perform {function}();
                end if;""";

    private static final String HOUR = "pg_catalog.to_char(pg_catalog.now(), {migration})";

    private final SyncNames names;

    public SyncObserver(SyncNames names) {
        this.names = names;
    }

    /** The table of what was noted. */
    public TableName table() {
        return names.observer();
    }

    /** The statements that begin to observe anew, but for the function of the sync itself. */
    public List<String> create() {
        return List.of(
                "create unlogged table if not exists " + table().quoted()
                        + " (username text not null, application text not null, noted_at timestamptz not null)",
                "comment on table " + table().quoted() + " is " + SyncNames.literal(names.comment()),
                "delete from " + table().quoted(),
                "insert into " + table().quoted() + " values ('', '', pg_catalog.clock_timestamp())",
                "create or replace function " + table().quoted()
                        + "() returns void language plpgsql security definer\n  set search_path = pg_catalog, pg_temp\nas "
                        + SyncNames.literal(filled(BODY)),
                "comment on function " + table().quoted() + "() is " + SyncNames.literal(names.comment()),
                "grant execute on function " + table().quoted() + "() to public");
    }

    /** The statements that remove it. */
    public List<String> drop() {
        return List.of(
                "drop function if exists " + table().quoted() + "()", "drop table if exists " + table().quoted());
    }

    /** What the function of the sync does where only the old shape was written. */
    String note() {
        return filled(NOTE);
    }

    private String filled(String template) {
        return SyncText.fill(
                template,
                Map.of(
                        "table",
                        table().quoted(),
                        "function",
                        table().quoted(),
                        "hour",
                        SyncText.fill(
                                HOUR,
                                Map.of("migration", SyncNames.literal("YYYYMMDDHH24 \"" + names.name() + "\"")))));
    }
}
