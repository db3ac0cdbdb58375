package dev.backfleet.standalone.faults;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * When rows of the table were changed, as the server committed it: a trigger writes a line for each statement that
 * changed some, and the server knows when the line was committed.
 */
final class ChangeLog {
    private final Table table;
    private final List<Pause> pauses = new ArrayList<>();

    /** Starts logging; the server must track commit timestamps. */
    ChangeLog(Table table) throws SQLException {
        this.table = table;
        table.run("create table change_log (rows bigint not null)");
        table.run("""
                create function log_change() returns trigger language plpgsql as $$
                begin
                  insert into change_log select count(*) from changed having count(*) > 0;
                  return null;
                end $$
                """);
        table.run("create trigger log_change after update on packages referencing new table as changed "
                + "for each statement execute function log_change()");
    }

    /** How many statements have changed rows. */
    long size() throws SQLException {
        return table.number("select count(*) from change_log");
    }

    /** The server's clock, in microseconds. */
    long now() throws SQLException {
        return table.number("select (extract(epoch from clock_timestamp()) * 1000000)::bigint");
    }

    /** From {@code acknowledged} on, until the resume at {@code until}, nothing may have changed. */
    void paused(long acknowledged, long until) {
        pauses.add(new Pause(acknowledged, until));
    }

    /** How many statements have changed rows in a pause. */
    long changesInPauses() throws SQLException {
        var count = 0L;
        for (var pause : pauses) {
            count += table.number("select count(*) from change_log "
                    + "where extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000 between "
                    + pause.acknowledged + " and " + pause.until);
        }
        return count;
    }

    private record Pause(long acknowledged, long until) {}
}
