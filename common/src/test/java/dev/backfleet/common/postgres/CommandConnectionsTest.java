package dev.backfleet.common.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.SharedServers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The connections of a command: one, and two while two are needed; what cannot succeed is not tried again. */
@Tag("server")
class CommandConnectionsTest {
    private static final String PID = "select pg_backend_pid()";

    private final String url = SharedServers.freshDatabase();
    private final List<Duration> slept = new ArrayList<>();
    private Duration now = Duration.ZERO;

    private Database open() {
        return Database.ofCommand(
                DatabaseSettings.ofUrl(url), new Database.Profile("test", 1, List.of(), Duration.ofSeconds(30)));
    }

    private static int pid(Database database) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(PID).mapTo(Integer.class).one());
    }

    private CommandConnections connections(String state, int failures) {
        var left = new int[] {failures};
        return new CommandConnections(
                new PlainDataSource() {
                    @Override
                    public Connection getConnection() throws SQLException {
                        if (left[0]-- > 0) {
                            throw new SQLException("not now", state);
                        }
                        return java.sql.DriverManager.getConnection(url);
                    }
                },
                () -> now,
                pause -> {
                    slept.add(pause);
                    now = now.plus(pause);
                });
    }

    @Test
    void statements_one_after_the_other_share_a_session_and_those_at_the_same_time_do_not() {
        try (var database = open()) {
            var first = pid(database);
            assertThat(pid(database)).isEqualTo(first);
            try (var handle = database.jdbi().open()) {
                assertThat(handle.createQuery(PID).mapTo(Integer.class).one()).isEqualTo(first);
                assertThat(pid(database)).isNotEqualTo(first);
            }
            assertThat(pid(database)).isNotZero();
        }
    }

    @Test
    void a_session_that_was_ended_is_replaced() {
        try (var database = open();
                var other = open()) {
            var first = pid(database);
            other.jdbi().useHandle(handle -> handle.execute("select pg_terminate_backend(?)", first));
            assertThatThrownBy(() -> pid(database)).isInstanceOf(RuntimeException.class);
            assertThat(pid(database)).isNotEqualTo(first);
        }
    }

    @Test
    void a_rejected_database_user_or_password_is_an_error_at_once() {
        for (var state : List.of("3D000", "28P01", "28000")) {
            assertThatThrownBy(() -> connections(state, 1).openConnection()).hasMessage("not now");
        }
        assertThat(slept).isEmpty();
    }

    @Test
    void a_server_that_is_starting_is_tried_again_for_five_seconds() throws SQLException {
        try (var connection = connections("57P03", 7).openConnection()) {
            assertThat(connection.isValid(1)).isTrue();
        }
        assertThat(slept).hasSize(7);
        assertThatThrownBy(() -> connections("57P03", 1_000).openConnection()).hasMessage("not now");
        assertThat(now).isEqualTo(Duration.ofMillis(5_700));
    }
}
