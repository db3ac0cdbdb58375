package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.postgres.Database;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a server process is that builds an index. Source: {@code pg_stat_progress_create_index}. */
final class IndexProgress {
    private static final String PROGRESS = """
            select p.phase,
                   case when p.blocks_total > 0 then round(100.0 * p.blocks_done / p.blocks_total)
                        when p.tuples_total > 0 then round(100.0 * p.tuples_done / p.tuples_total) end as percent,
                   nullif(p.current_locker_pid, 0) as waits_for, a.usename, a.application_name
            from pg_catalog.pg_stat_progress_create_index p
            left join pg_catalog.pg_stat_activity a on a.pid = p.current_locker_pid
            where p.pid = :pid
            """;

    private final Database database;

    IndexProgress(Database database) {
        this.database = database;
    }

    /** In words, such as {@code building index: loading tuples in tree, 40 %}; nothing if the process builds no index now. */
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

    private static String words(
            String phase,
            @Nullable String percent,
            @Nullable String waitsFor,
            @Nullable String user,
            @Nullable String application) {
        if (waitsFor != null) {
            return phase + ": waits for the transaction of pid " + waitsFor + (user == null ? "" : ", user " + user)
                    + (application == null || application.isEmpty() ? "" : ", application " + application);
        }
        return percent == null ? phase : phase + ", " + percent + " %";
    }
}
