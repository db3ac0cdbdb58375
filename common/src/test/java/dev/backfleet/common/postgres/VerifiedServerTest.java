package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.tls.TestAuthority;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that verify the server's certificate, {@code sslmode=verify-full}, and how a refusal is explained. */
@Tag("server")
class VerifiedServerTest {
    private static final TestAuthority OWN = TestAuthority.named("own");
    private static final TestAuthority OTHER = TestAuthority.named("other");

    @TempDir
    static Path folder;

    private static PostgresServer server;

    @BeforeAll
    static void open() {
        server = PostgresServer.open(PostgresOptions.fast());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void the_right_certificate_is_accepted() throws Exception {
        present(OWN.issue("localhost"));
        try (var connection = source("localhost", OWN).getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
            row.next();
            assertThat(row.getBoolean(1)).isTrue();
        }
    }

    @Test
    void a_certificate_of_another_authority_is_refused() throws Exception {
        present(OTHER.issue("localhost"));
        assertThat(refusal("localhost", OWN))
                .endsWith(
                        ": the server's certificate was not issued by an authority that is trusted here; name the file with the authority's certificate by sslrootcert in the URL");
    }

    @Test
    void a_certificate_for_another_host_is_refused() throws Exception {
        present(OWN.issue("db.example"));
        assertThat(refusal("localhost", OWN))
                .endsWith(
                        ": the server's certificate is not for this host; connect by a name that the certificate has, or have one issued for the name in BACKFLEET_DATABASE_URL");
    }

    @Test
    void a_certificate_that_has_expired_is_refused() throws Exception {
        present(OWN.issue("localhost", Instant.now().minus(Duration.ofHours(1))));
        assertThat(refusal("localhost", OWN))
                .endsWith(": the server's certificate has expired; have it renewed on the server");
    }

    @Test
    void a_certificate_that_is_not_valid_yet_is_refused() throws Exception {
        present(OWN.issue("localhost", Instant.now().plus(Duration.ofDays(3))));
        assertThat(refusal("localhost", OWN))
                .endsWith(": the server's certificate is not valid yet; the clocks of both machines may differ;"
                        + " compare them");
    }

    @Test
    void a_file_of_authorities_that_is_missing_is_named() throws Exception {
        present(OWN.issue("localhost"));
        var url = "postgresql://postgres@localhost:" + server.port()
                + "/postgres?sslmode=verify-full&sslrootcert=/no/ca.pem";
        assertThat(refusal(url))
                .endsWith(": Could not open SSL root certificate file /no/ca.pem; check sslrootcert in the URL");
    }

    private static String refusal(String host, TestAuthority trusted) throws Exception {
        return refusal(url(host, trusted));
    }

    private static String refusal(String url) {
        var settings = DatabaseSettings.ofUrl(url);
        var failure = catchThrowableOfType(
                SQLException.class, () -> SessionSource.of(settings, "test").getConnection());
        return String.valueOf(new ConnectionFailures()
                .translate(
                        failure,
                        Optional.of(
                                Settings.load(Map.of(), Map.of("BACKFLEET_DATABASE_URL", url), null, Optional.empty())))
                .orElseThrow()
                .getMessage());
    }

    private static SessionSource source(String host, TestAuthority trusted) throws Exception {
        return SessionSource.of(DatabaseSettings.ofUrl(url(host, trusted)), "test");
    }

    private static String url(String host, TestAuthority trusted) throws Exception {
        var file = Files.writeString(folder.resolve("ca.pem"), trusted.pem());
        return "postgresql://postgres@" + host + ":" + server.port() + "/postgres?sslmode=verify-full&sslrootcert="
                + file;
    }

    /** Has the server present a certificate to those who connect from now on. */
    private static void present(TestAuthority.Issued issued) throws Exception {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            var data = Path.of(ask(statement, "show data_directory"));
            var owner = Files.readAttributes(data, PosixFileAttributes.class).owner();
            Files.writeString(data.resolve("server.crt"), issued.certificatePem());
            var key = Files.writeString(data.resolve("server.key"), issued.keyPem());
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
            Files.getFileAttributeView(key, PosixFileAttributeView.class).setOwner(owner);
            statement.execute("alter system set ssl = on");
            var loaded = ask(statement, "select pg_conf_load_time()");
            statement.execute("select pg_reload_conf()");
            Awaitility.await()
                    .until(() -> !ask(statement, "select pg_conf_load_time()").equals(loaded));
        }
    }

    private static String ask(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
