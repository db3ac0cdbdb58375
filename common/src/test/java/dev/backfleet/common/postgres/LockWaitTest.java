package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.embedded.SharedServers;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A statement that waits for a lock ends before its client gives up: otherwise its session would wait on without a client. */
@Tag("server")
class LockWaitTest {
    private static final String SESSIONS =
            "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'test'";

    @Test
    void attempts_that_meet_a_lock_leave_no_session_behind() throws Exception {
        var url = SharedServers.freshDatabase();
        var profile = new Database.Profile("test", 1, List.of(), Duration.ofMillis(1_300));
        try (var owner = DriverManager.getConnection(url);
                var lock = owner.createStatement();
                var database = Database.single(DatabaseSettings.ofUrl(url), profile, new Timelines())) {
            lock.execute("create table t as select 1 as n");
            owner.setAutoCommit(false);
            lock.execute("update t set n = 2");
            for (var attempt = 0; attempt < 3; attempt++) {
                assertThatThrownBy(() -> database.jdbi().useHandle(handle -> handle.execute("update t set n = 3")))
                        .hasStackTraceContaining("canceling statement due to lock timeout");
            }
            try (var row = lock.executeQuery(SESSIONS)) {
                row.next();
                assertThat(row.getInt(1)).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void a_session_may_have_another_limit() {
        var profile = new Database.Profile("test", 1, List.of("set lock_timeout = 123"), Duration.ofSeconds(30));
        try (var database = Database.open(DatabaseSettings.ofUrl(SharedServers.freshDatabase()), profile)) {
            var limit = database.jdbi().withHandle(handle -> handle.createQuery("show lock_timeout")
                    .mapTo(String.class)
                    .one());
            assertThat(limit).isEqualTo("123ms");
        }
    }
}
