package dev.backfleet.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A standby that follows a server of this module, and takes its place. */
@Tag("server")
class StandbyTest {
    private static final String TIMELINE = "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

    @Test
    void a_standby_follows_its_primary_and_takes_its_place() throws Exception {
        try (var primary = PostgresServer.open(PostgresOptions.fast())) {
            execute(primary, "create table t as select n from generate_series(1, 1000) n");
            try (var standby = PostgresServer.standbyOf(primary, PostgresOptions.fast())) {
                follow(primary, standby);

                standby.promote();
                execute(standby, "insert into t values (1002)");

                assertThat(query(standby, TIMELINE)).isEqualTo("00000002");
                assertThat(query(primary, TIMELINE)).isEqualTo("00000001");
                assertThat(query(standby, "select count(*) from t")).isEqualTo("1002");
                assertThat(query(primary, "select count(*) from t")).isEqualTo("1001");
            }
        }
    }

    @Tag("long")
    @Test
    void a_promoted_standby_survives_a_crash_and_has_standbys_of_its_own() throws Exception {
        try (var first = PostgresServer.open(PostgresOptions.fast())) {
            execute(first, "create table t as select n from generate_series(1, 1000) n");
            try (var second = PostgresServer.standbyOf(first, PostgresOptions.fast())) {
                first.stopImmediately();
                second.promote();
                second.stopImmediately();
                second.start();
                try (var third = PostgresServer.standbyOf(second, PostgresOptions.fast())) {
                    follow(second, third);
                    third.promote();

                    assertThat(query(third, TIMELINE)).isEqualTo("00000003");
                }
            }
        }
    }

    @Tag("long")
    @Test
    void root_without_user_namespaces_runs_a_standby_as_nobody() throws Exception {
        assumeTrue(new UnixSystem().getUid() == 0);
        try (var primary = PostgresServer.open(PostgresOptions.fast(), ServerAccount.UNPRIVILEGED)) {
            execute(primary, "create table t as select n from generate_series(1, 1000) n");
            try (var standby = PostgresServer.standbyOf(primary, PostgresOptions.fast(), ServerAccount.UNPRIVILEGED)) {
                follow(primary, standby);
            }
        }
    }

    private static void follow(PostgresServer primary, PostgresServer standby) throws Exception {
        execute(primary, "insert into t values (1001)");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> query(standby, "select count(*) from t").equals("1001"));
        assertThatThrownBy(() -> execute(standby, "insert into t values (0)")).hasMessageContaining("read-only");
    }

    private static void execute(PostgresServer server, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
