package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lets the real driver connect to servers that reject in every way. */
class ConnectionFailuresTest {

    private final ConnectionFailures failures = new ConnectionFailures();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        28P01 | password authentication failed for user "u" | cannot connect to <url>: wrong password for user u; check BACKFLEET_DATABASE_USER and BACKFLEET_DATABASE_PASSWORD or BACKFLEET_DATABASE_PASSWORD_FILE
        28000 | role "u" does not exist | cannot connect to <url>: the server rejects user u (role "u" does not exist); check BACKFLEET_DATABASE_USER and the server's pg_hba.conf
        3D000 | database "d" does not exist | cannot connect to <url>: the server has no such database; check the URL's last part
        53300 | sorry, too many clients already | cannot connect to <url>: the server has no free connection; end some, or raise its max_connections
        57P03 | the database system is starting up | cannot connect to <url>: the server is starting up, shutting down or recovering; try again in a moment
        42501 | permission denied for table x | <url> denies user u a permission that this needs (permission denied for table x); grant it ('backfleet grants' prints what roles need), or connect as another user
        42P01 | relation "backfleet.job" does not exist | <url> has no schema backfleet yet: start a coordinator, which creates it
        3F000 | schema "backfleet" does not exist | <url> has no schema backfleet yet: start a coordinator, which creates it
        """)
    void a_refusal_says_which_database_what_is_wrong_and_what_to_check(String state, String said, String line)
            throws IOException {
        try (var server = RefusingServer.saying(state, said)) {
            var url = "postgresql://u:hidden@localhost:" + server.port() + "/d";

            var shown = "jdbc:postgresql://localhost:" + server.port() + "/d";
            assertReported(url, line.replace("<url>", shown));
        }
    }

    @Test
    void a_statement_that_the_server_ends_has_timed_out_and_is_no_bug() throws IOException {
        try (var server = RefusingServer.saying("57014", "canceling statement due to statement timeout")) {
            var url = "postgresql://u:hidden@localhost:" + server.port() + "/d";
            var report = report(connectionFailure(url), url);

            assertThat(report.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(report)
                    .hasMessage("jdbc:postgresql://localhost:" + server.port()
                            + "/d ended a statement of this before it was done (canceling statement due to statement"
                            + " timeout): see in pg_stat_activity what loads the server,"
                            + " and try again");
        }
    }

    @Test
    void a_closed_port() throws IOException {
        var port = RefusingServer.closedPort();

        assertReported(
                "postgresql://u:hidden@localhost:" + port + "/d",
                "cannot connect to jdbc:postgresql://localhost:" + port + "/d: no server listens there (connection"
                        + " refused); check host and port in BACKFLEET_DATABASE_URL, and that PostgreSQL runs");
    }

    @Test
    void an_unknown_host() {
        assertReported(
                "postgresql://u:hidden@host.invalid/d",
                "cannot connect to jdbc:postgresql://host.invalid/d: there is no such host; check"
                        + " BACKFLEET_DATABASE_URL");
    }

    @Test
    void a_server_that_never_answers() throws IOException {
        try (var server = RefusingServer.silent()) {
            var rest = "localhost:" + server.port() + "/d?loginTimeout=1";
            assertReported(
                    "postgresql://u:hidden@" + rest,
                    "cannot connect to jdbc:postgresql://" + rest
                            + ": no answer in time; check that the server is not frozen or"
                            + " overloaded; then host and port in BACKFLEET_DATABASE_URL, and the firewalls in between");
        }
    }

    @Test
    void a_server_without_tls_that_should_have_it() throws IOException {
        try (var server = RefusingServer.saying("28000", "unused")) {
            var rest = "localhost:" + server.port() + "/d?sslmode=require";
            assertReported(
                    "postgresql://u:hidden@" + rest,
                    "cannot connect to jdbc:postgresql://" + rest + ": The server does not support SSL; check that"
                            + " PostgreSQL listens there and that the connection holds");
        }
    }

    @Test
    void a_server_with_broken_tls() throws IOException {
        try (var server = RefusingServer.withBrokenTls()) {
            var rest = "localhost:" + server.port() + "/d?sslmode=require";
            var report = report(connectionFailure("postgresql://u:hidden@" + rest), "postgresql://u:hidden@" + rest);

            assertThat(report.getMessage())
                    .startsWith("cannot connect to jdbc:postgresql://" + rest + ": TLS failed (")
                    .endsWith("); check sslmode and sslrootcert in the URL");
        }
    }

    @Test
    void a_server_that_wants_a_password() throws IOException {
        try (var server = RefusingServer.wantingPassword()) {
            var rest = "localhost:" + server.port() + "/d";
            assertReported(
                    "postgresql://u@" + rest,
                    "cannot connect to jdbc:postgresql://" + rest + ": the server wants a password for user u; set"
                            + " BACKFLEET_DATABASE_PASSWORD or BACKFLEET_DATABASE_PASSWORD_FILE");
        }
    }

    @Test
    void a_failure_inside_the_pool_is_found() throws IOException {
        try (var server = RefusingServer.saying("3D000", "database \"d\" does not exist")) {
            var url = "postgresql://u:hidden@localhost:" + server.port() + "/d";
            var failure = org.assertj.core.api.Assertions.catchThrowable(() -> connectWithPool(url));

            assertThat(report(failure, url).getMessage()).contains("the server has no such database");
        }
    }

    @Test
    void without_settings_it_is_the_database() {
        var failure = new SQLException("no", "28P01");

        assertThat(failures.translate(failure, Optional.empty()).orElseThrow())
                .hasMessage("cannot connect to the database: wrong password for the user; check BACKFLEET_DATABASE_USER"
                        + " and BACKFLEET_DATABASE_PASSWORD or BACKFLEET_DATABASE_PASSWORD_FILE");
    }

    @ParameterizedTest
    @CsvSource({"42P01, 'relation \"orders\" does not exist'", "23505, duplicate key", "42703, no such column"})
    void other_errors_are_not_a_matter_of_the_connection(String state, String message) {
        assertThat(failures.translate(new SQLException(message, state), Optional.empty()))
                .isEmpty();
        assertThat(failures.translate(new IllegalStateException("bug"), Optional.empty()))
                .isEmpty();
    }

    private void assertReported(String url, String line) {
        var report = report(connectionFailure(url), url);
        assertThat(report).hasMessage(line);
        assertThat(report.kind()).isEqualTo(Kind.UNUSABLE);
    }

    private ExplainedFailure report(Throwable failure, String url) {
        var settings = Settings.load(Map.of(), Map.of("BACKFLEET_DATABASE_URL", url), null, Optional.empty());
        return failures.translate(new IllegalStateException("wrapped", failure), Optional.of(settings))
                .orElseThrow();
    }

    private static Throwable connectionFailure(String url) {
        var settings = DatabaseSettings.ofUrl(url);
        return org.assertj.core.api.Assertions.catchThrowable(() -> {
            try (var connection = DriverManager.getConnection(settings.url(), settings.driverProperties())) {
                throw new AssertionError("connected: " + connection);
            }
        });
    }

    private static void connectWithPool(String url) {
        var settings = DatabaseSettings.ofUrl(url);
        var config = new HikariConfig();
        config.setJdbcUrl(settings.url());
        config.setDataSourceProperties(settings.driverProperties());
        try (var pool = new HikariDataSource(config)) {
            throw new AssertionError("connected: " + pool);
        }
    }
}
