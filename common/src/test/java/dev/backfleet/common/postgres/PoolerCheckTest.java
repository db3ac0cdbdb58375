package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pooler that shares sessions between transactions is detected. */
@Tag("server")
class PoolerCheckTest {
    private final String url = SharedServers.freshDatabase();
    private final String database = url.replaceFirst(".*/([^/?]+).*", "$1");

    @TempDir
    Path folder;

    @Test
    void a_server_without_a_pooler_passes() {
        assertThatCode(() -> PoolerCheck.refuse(DatabaseSettings.ofUrl(url))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool_mode = transaction",
                "pool_mode = statement",
                "pool_mode = transaction\nserver_round_robin = 1\nmin_pool_size = 5\ndefault_pool_size = 5",
                "pool_mode = transaction\ndefault_pool_size = 1"
            })
    void pgbouncer_that_assigns_a_session_per_transaction_is_rejected(String mode) throws Exception {
        assumePgBouncer();
        try (var bouncer = PgBouncer.open(folder, database, mode.split("\n"))) {
            // The pool contains sessions that other clients have used.
            for (var i = 0; i < 3; i++) {
                try (var other = DriverManager.getConnection(bouncer.url() + "&preferQueryMode=simple");
                        var statement = other.createStatement()) {
                    statement.execute("select 1");
                }
            }
            assertThatThrownBy(() -> PoolerCheck.refuse(DatabaseSettings.ofUrl(bouncer.url())))
                    .isInstanceOfSatisfying(
                            ExplainedFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNUSABLE))
                    .hasMessageContaining("pool_mode = session");
            try (var application = DriverManager.getConnection(bouncer.url() + "&preferQueryMode=simple");
                    var statement = application.createStatement();
                    var row = statement.executeQuery("select string_agg(name, ' ') from pg_settings"
                            + " where source = 'session' and name <> 'extra_float_digits'"
                            + " and name not in ('application_name', 'client_encoding', 'DateStyle', 'TimeZone',"
                            + " 'standard_conforming_strings')")) {
                row.next();
                assertThat(row.getString(1))
                        .as("settings that are left in the application's session")
                        .isNull();
            }
        }
    }

    @Test
    void through_pgbouncer_in_session_mode_a_session_has_its_settings() throws Exception {
        assumePgBouncer();
        try (var bouncer = PgBouncer.open(folder, database, "pool_mode = session")) {
            var settings = DatabaseSettings.ofUrl(bouncer.url());
            PoolerCheck.refuse(settings);
            var profile =
                    new Database.Profile("test", 2, List.of("set statement_timeout = 812"), Duration.ofSeconds(30));
            try (var pool = Database.open(settings, profile)) {
                var found = pool.jdbi().withHandle(handle -> handle.createQuery(
                                "select current_setting('statement_timeout') || current_setting('row_security')")
                        .mapTo(String.class)
                        .one());
                assertThat(found).isEqualTo("812msoff");
            }
            assertNothingIsLeft(bouncer);
        }
    }

    private static void assertNothingIsLeft(PgBouncer bouncer) throws SQLException {
        try (var application = DriverManager.getConnection(bouncer.url());
                var statement = application.createStatement();
                var row = statement.executeQuery("show statement_timeout")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("0");
        }
    }

    private static void assumePgBouncer() throws IOException {
        assumeTrue(PgBouncer.program().isPresent(), "pgbouncer is not installed: apt-get install pgbouncer");
    }
}
