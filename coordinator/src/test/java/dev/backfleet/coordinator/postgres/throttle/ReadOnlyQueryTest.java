package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A query of a spec changes nothing and leaves nothing behind in the coordinator's session, whatever it tries. */
@Tag("server")
class ReadOnlyQueryTest {
    private static final String SETTINGS =
            "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings "
                    + "where name in ('default_transaction_read_only', 'statement_timeout', 'search_path', 'role')";

    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create table kept (n int); insert into kept values (1)");
        db.run("create function writes() returns int language plpgsql as "
                + "$$ begin insert into kept values (2); return 1; end $$");
        db.run("create function undoes_and_writes(setting text) returns int language plpgsql as "
                + "$$ begin perform set_config(setting, 'off', false); insert into kept values (3); return 1; end $$");
        db.run("create function catches_and_writes() returns int language plpgsql as $$ begin begin "
                + "perform set_config('transaction_read_only', 'off', true); exception when others then null; end; "
                + "insert into kept values (4); return 1; end $$");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select writes()",
                "select undoes_and_writes('transaction_read_only')",
                "select undoes_and_writes('default_transaction_read_only')",
                "select catches_and_writes()",
                "select set_config('transaction_read_only', 'off', false)",
                "select pg_sleep(2)"
            })
    void what_would_write_or_take_long_is_refused(String sql) throws SQLException {
        try (var session = db.connect()) {
            var before = ask(session, SETTINGS);
            assertThatThrownBy(() -> ReadOnlyQuery.ask(session, sql, () -> {}, ResultSet::next))
                    .isInstanceOf(SQLException.class);
            assertThat(ask(session, SETTINGS)).isEqualTo(before);
        }
        assertThat(db.column("select n from kept")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select set_config('default_transaction_read_only', 'on', false)",
                "select set_config('statement_timeout', '0', false)",
                "select set_config('search_path', 'nowhere', false)",
                "select pg_advisory_lock(4711)"
            })
    void what_it_sets_ends_with_it(String sql) throws SQLException {
        try (var session = db.connect()) {
            var before = ask(session, SETTINGS);
            ReadOnlyQuery.ask(session, sql, () -> {}, ResultSet::next);
            assertThat(ask(session, SETTINGS)).isEqualTo(before);
            assertThat(ask(session, "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711"))
                    .isEqualTo("0");
        }
    }

    @Test
    void its_answer_is_read() throws SQLException {
        try (var session = db.connect()) {
            assertThat(ReadOnlyQuery.<Integer>ask(session, "select n from kept", () -> {}, rows -> {
                        rows.next();
                        return rows.getInt(1);
                    }))
                    .isEqualTo(1);
        }
    }

    private static String ask(Connection session, String sql) throws SQLException {
        try (var statement = session.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }
}
