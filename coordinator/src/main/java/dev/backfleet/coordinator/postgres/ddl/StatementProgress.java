package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.postgres.Database;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a server process is that builds an index, and for whom one waits that does something else, such as dropping one. Source:
 * {@code pg_stat_progress_create_index}, {@code pg_blocking_pids}.
 */
final class StatementProgress {
    private static final String PROGRESS = """
            select p.phase,
                   case when p.blocks_total > 0 then round(100.0 * p.blocks_done / p.blocks_total)
                        when p.tuples_total > 0 then round(100.0 * p.tuples_done / p.tuples_total) end as percent,
                   w.pid as waits_for, a.usename, a.application_name
            from (select :pid::integer as pid) s
            left join pg_catalog.pg_stat_progress_create_index p on p.pid = s.pid
            cross join lateral (
              select nullif(case when p.pid is null then (pg_catalog.pg_blocking_pids(s.pid))[1] else p.current_locker_pid end, 0) as pid) w
            left join pg_catalog.pg_stat_activity a on a.pid = w.pid
            where p.pid is not null or w.pid is not null
            """;

    private final Database database;

    StatementProgress(Database database) {
        this.database = database;
    }

    /** In words, such as {@code building index: loading tuples in tree, 40 %}; nothing if the process builds no index now, and waits for nobody. */
    Optional<String> of(int pid) {
        return database.jdbi().withHandle(handle -> handle.createQuery(PROGRESS)
                .bind("pid", pid)
                .map((row, context) -> words(
                        row.getString("phase"),
                        row.getString("percent"),
                        row.getString("waits_for"),
                        row.getString("usename"),
                        row.getString("application_name")))
                .findFirst());
    }

    private static @Nullable String words(
            @Nullable String phase,
            @Nullable String percent,
            @Nullable String waitsFor,
            @Nullable String user,
            @Nullable String application) {
        if (waitsFor != null) {
            return (phase == null ? "" : phase + ": ") + "waits for the transaction of pid " + waitsFor
                    + (user == null ? "" : ", user " + user)
                    + (application == null || application.isEmpty() ? "" : ", application " + application);
        }
        return percent == null ? phase : phase + ", " + percent + " %";
    }
}
