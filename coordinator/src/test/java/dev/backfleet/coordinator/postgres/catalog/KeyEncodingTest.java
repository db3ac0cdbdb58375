package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.embedded.SharedServers;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In a database without an encoding, a key whose bytes are no text is refused at submission, and every other one is taken. */
@Tag("server")
class KeyEncodingTest {

    @Test
    void a_key_that_is_not_utf8_is_refused_and_one_that_is_is_taken() throws SQLException {
        var server = SharedServers.freshDatabase();
        try (var connection = DriverManager.getConnection(server);
                var statement = connection.createStatement()) {
            statement.execute("create database bytes encoding 'SQL_ASCII' locale 'C' template template0");
        }
        try (var db = TestDatabase.openOn(server.replaceFirst("/[^/?]+(\\?|$)", "/bytes$1"))) {
            db.run("create table good (k text primary key, s text, n int)");
            db.run(
                    "insert into good select chr(64 + i), convert_from('\\xe9', 'SQL_ASCII'), 0 from generate_series(1, 9) i");
            db.run("create table bad (k text primary key, n int)");
            db.run("insert into bad values ('a', 0), (convert_from('\\xe9', 'SQL_ASCII'), 0)");

            assertThatThrownBy(() -> db.submit("name: bad\ntable: bad\nset: { n: n + 1 }\n"))
                    .isInstanceOf(SpecException.class)
                    .hasMessageContaining("SQL_ASCII, and some of its values are not UTF-8");
            assertThat(TestDatabase.notes(db.submit("name: good\ntable: good\nset: { n: n + 1 }\n")))
                    .isEmpty();
        }
    }
}
