package dev.backfleet.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.process.EmbeddedServerException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL as this module runs it: durable, restartable, alone in its directory. */
@Tag("server")
@Tag("long")
class PostgresServerTest {

    @TempDir
    Path directory;

    @Test
    void a_durable_server_survives_a_crash_with_its_rows_on_its_port() throws SQLException {
        try (var server = PostgresServer.open(PostgresOptions.durable())) {
            var url = server.createDatabase("Quoted \"name");
            int port = server.port();
            execute(url, "create table t as select 7 as n");

            server.stopImmediately();
            assertThatThrownBy(() -> query(url, "select n from t")).isInstanceOf(SQLException.class);
            server.start();

            assertThat(query(url, "select n from t")).isEqualTo("7");
            assertThat(server.port()).isEqualTo(port);
            assertThat(Files.readString(server.logFile())).contains("was not properly shut down");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_kept_directory_brings_its_rows_back() throws SQLException {
        var options = PostgresOptions.fast().in(directory.resolve("it's kept"));
        try (var server = PostgresServer.open(options)) {
            execute(server.jdbcUrl("postgres"), "create table t as select 'was here' as word");
        }
        try (var server = PostgresServer.open(options)) {
            assertThat(query(server.jdbcUrl("postgres"), "select word from t")).isEqualTo("was here");
        }
    }

    @Test
    void a_temporary_directory_is_gone_after_close() {
        var server = PostgresServer.open(PostgresOptions.fast());
        var log = server.logFile();
        assertThat(log).exists();

        server.close();
        server.close();

        assertThat(log.getParent()).doesNotExist();
    }

    @Test
    void settings_are_durable_unless_said_otherwise() throws SQLException {
        var options = PostgresOptions.durable().with("max_connections", "17").with("search_path", "it's, public");
        try (var server = PostgresServer.open(options)) {
            var url = server.jdbcUrl("postgres");
            assertThat(query(url, "show fsync")).isEqualTo("on");
            assertThat(query(url, "show full_page_writes")).isEqualTo("on");
            assertThat(query(url, "show synchronous_commit")).isEqualTo("on");
            assertThat(query(url, "show shared_buffers")).isEqualTo("256MB");
            assertThat(query(url, "show max_wal_size")).isEqualTo("4GB");
            assertThat(query(url, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(url, "show max_connections")).isEqualTo("17");
            assertThat(query(url, "select reset_val from pg_settings where name = 'TimeZone'"))
                    .isEqualTo("UTC");
            assertThat(query(url, "select current_user")).isEqualTo(server.user());
            assertThat(query(url, "select version()")).startsWith("PostgreSQL 18");
        }
    }

    @Test
    void a_fast_server_does_not_wait_for_the_disk() throws SQLException {
        assertThat(query(SharedServers.freshDatabase(), "show fsync")).isEqualTo("off");
    }

    @Test
    void fresh_databases_are_not_shared() throws SQLException {
        execute(SharedServers.freshDatabase(), "create table t as select 1");

        assertThat(query(SharedServers.freshDatabase(), "select to_regclass('t')"))
                .isNull();
    }

    @Test
    void a_wrong_setting_is_reported_with_the_servers_log() {
        var options = PostgresOptions.fast().with("shared_buffers", "plenty");

        assertThatThrownBy(() -> PostgresServer.open(options))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("shared_buffers")
                .hasMessageContaining("plenty");
    }

    @Test
    void a_port_that_is_taken_is_reported() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var options = PostgresOptions.fast().onPort(taken.getLocalPort());

            assertThatThrownBy(() -> PostgresServer.open(options)).hasMessageContaining("Address already in use");
        }
    }

    @Test
    void a_directory_in_use_is_rejected_with_the_process_id() {
        var options = PostgresOptions.fast().in(directory);
        try (var server = PostgresServer.open(options)) {
            assertThat(server.port()).isPositive();
            assertThatThrownBy(() -> PostgresServer.open(options))
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void a_pid_file_that_names_an_innocent_process_does_not_stop_the_start() throws Exception {
        var options = PostgresOptions.fast().in(directory);
        PostgresServer.open(options).close();
        var pidFile = directory.resolve("data/postmaster.pid");
        Files.writeString(
                pidFile, ProcessHandle.current().parent().orElseThrow().pid() + "\n/nowhere\n0\n5432\n");

        try (var server = PostgresServer.open(options)) {
            assertThat(query(server.jdbcUrl("postgres"), "select 1")).isEqualTo("1");
        }
        assertThat(ProcessHandle.current().parent()).isPresent();
    }

    @Test
    void root_without_user_namespaces_runs_the_server_as_nobody() throws Exception {
        assumeTrue(new UnixSystem().getUid() == 0);
        try (var server = PostgresServer.open(PostgresOptions.fast(), ServerAccount.UNPRIVILEGED)) {
            server.stopImmediately();
            server.start();

            assertThat(query(server.jdbcUrl("postgres"), "select 1")).isEqualTo("1");
            assertThat(Files.getAttribute(server.logFile(), "unix:uid")).isEqualTo(65534);
        }
    }

    private static void execute(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
