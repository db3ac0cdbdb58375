package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.grants.WriteQueryGrants;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresQueryGrants;
import dev.backfleet.coordinator.throttle.Sample;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries of specs run as a role that reads what was granted to it, and does nothing else. */
@Tag("server")
class QueryRoleTest {
    private static final String SPEC = """
            name: j
            table: t
            set: { n: n + 1 }
            throttle:
              probe: select id from app.probed where id = 1
              sql:
                - { name: depth, query: "select sum(depth) from app.queue where app.counts(kind)", soft: 10, hard: 20 }
            """;

    private final TestDatabase db = TestDatabase.open();
    private final String role = "throttle_" + db.url.replaceFirst(".*/([^/?]+).*", "$1");
    private final String roleUrl = db.url.replaceFirst("user=[^&]*", "user=" + role);
    private PostgresHealth health;

    @BeforeEach
    void aRoleWithWhatIsPrinted() throws SQLException {
        db.run("create table t (id bigint primary key, n int not null default 0); create schema app");
        db.run(
                "create table app.queue (kind text, depth int, secret text); insert into app.queue values ('a', 7, 's')");
        db.run("create table app.probed (id int primary key, secret text)");
        db.run("create function app.counts(text) returns boolean language sql as 'select true'");
        db.run("revoke execute on function app.counts from public");
        db.run("create function writes() returns int language plpgsql as "
                + "$$ begin insert into app.queue values ('b', 1); return 1; end $$");
        db.run("create function writes_as_owner() returns int language plpgsql security definer as "
                + "$$ begin insert into app.queue values ('b', 1); return 1; end $$");
        db.run("create role " + role + "_other; grant all on app.queue to " + role + "_other");
        for (var statement : printed()) {
            db.run(statement);
        }
        health = PostgresHealth.open(
                DatabaseSettings.ofUrl(db.url),
                Optional.of(DatabaseSettings.ofUrl(roleUrl)),
                "c",
                Ticker.system(),
                new Timelines());
        db.submit(SPEC);
        db.run("update backfleet.job set state = 'RUNNING'");
    }

    @AfterEach
    void close() throws SQLException {
        health.close();
        for (var name : List.of(role, role + "_other")) {
            db.run("drop owned by " + name + "; drop role " + name);
        }
        db.close();
    }

    private List<String> printed() {
        return new WriteQueryGrants(new PostgresQueryGrants(db.database))
                .run(SpecParser.parse("s.yaml", SPEC), Identifier.of(role))
                .statements();
    }

    private Sample sample(String name) {
        var job = new PostgresThrottle(db.database).jobs().get(0);
        return health.job(job, EnumSet.of(Signal.PROBE_LATENCY)).stream()
                .filter(sample -> sample.signal().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void what_is_printed_is_enough_and_each_line_is_needed() throws SQLException {
        assertThat(sample("depth").value()).isEqualTo(7);
        assertThat(sample("probe-latency").value()).isNotNull();
        assertThat(db.ask("select usename from pg_stat_activity where application_name = 'backfleet-health/c/queries'"))
                .isEqualTo(role);
        for (var statement : printed()) {
            db.run(statement.replaceFirst("^grant", "revoke").replaceFirst(" to (\\S+)$", " from $1"));
            var denied = List.of(sample("depth"), sample("probe-latency"));
            assertThat(denied).as(statement).anySatisfy(sample -> {
                assertThat(sample.value()).isNull();
                assertThat(sample.note()).startsWith("42501");
            });
            db.run(statement);
        }
        assertThat(sample("depth").value()).isEqualTo(7);
    }

    // By its rights alone, in a session that may write.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into app.queue values ('b', 1)",
                "select writes()",
                "copy app.queue to program 'true'",
                "copy (select 1) to program 'true'",
                "copy (select 1) to '/tmp/backfleet-denied'",
                "set role ROLE_other",
                "set session authorization ROLE_other",
                "select pg_read_file('/etc/passwd')",
                "select pg_ls_dir('/')",
                "select lo_import('/etc/passwd')",
                "select secret from app.queue",
                "select * from backfleet.audit",
                "select spec from backfleet.job",
                "create table mine (n int)",
                "create function app.mine() returns int language sql as 'select 1'",
                "alter system set work_mem = '1GB'"
            })
    void the_role_itself_may_not_do_it(String sql) throws SQLException {
        try (var session = DriverManager.getConnection(roleUrl);
                var statement = session.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql.replace("ROLE", role)))
                    .isInstanceOf(SQLException.class)
                    .extracting(failure -> ((SQLException) failure).getSQLState())
                    .isEqualTo("42501");
        }
    }

    // A function of another role can write what that role may.
    @Test
    void the_session_cannot_be_made_writable() throws SQLException {
        try (var session = DriverManager.getConnection(roleUrl)) {
            for (var sql :
                    List.of("select writes_as_owner()", "select set_config('transaction_read_only', 'off', false)")) {
                assertThatThrownBy(() -> ReadOnlyQuery.ask(session, sql, () -> {}, rows -> rows.next()))
                        .as(sql)
                        .isInstanceOf(SQLException.class);
            }
        }
        assertThat(db.ask("select count(*) from app.queue")).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter role ROLE superuser|is a superuser",
                "alter role ROLE createrole|may create roles or databases",
                "alter role ROLE bypassrls|bypasses row security",
                "alter role ROLE replication|may replicate",
                "grant postgres to ROLE|is, or is a member of, the role that owns the control schema",
                "grant pg_execute_server_program to ROLE|is a member of pg_execute_server_program",
                "grant pg_read_server_files to ROLE|is a member of pg_read_server_files",
                "grant create on schema app to ROLE|may create objects in the schema app",
                "grant insert on app.queue to ROLE|may change rows of app.queue",
                "grant update (depth) on app.queue to ROLE|may change rows of app.queue",
                "grant ROLE_other to ROLE|may change rows of app.queue"
            })
    void a_role_that_may_do_more_runs_no_query_and_the_signal_says_why(String grant) throws SQLException {
        var parts = grant.replace("ROLE", role).split("\\|");
        db.run(parts[0]);
        try (var connection = DriverManager.getConnection(roleUrl)) {
            assertThat(QueryRole.excess(connection)).contains(parts[1]);
        }
        assertThat(sample("depth").value()).isNull();
        assertThat(sample("depth").note())
                .startsWith("the role " + role + " of BACKFLEET_THROTTLE_DATABASE_USER may do more than read: it ")
                .contains(parts[1]);
        assertThat(health.server(EnumSet.of(Signal.CONNECTIONS)))
                .as("other signals are read as before")
                .allSatisfy(sample -> assertThat(sample.value()).isNotNull());
        if (parts[0].startsWith("grant") && parts[0].contains(" on ")) {
            db.run(parts[0].replaceFirst("^grant", "revoke").replaceFirst(" to (\\S+)$", " from $1"));
            assertThat(sample("depth").value())
                    .as("checked again, as none was run")
                    .isEqualTo(7);
        }
    }
}
