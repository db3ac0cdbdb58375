package dev.backfleet.coordinator.grants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody may not do who has the password of a role with the grants of the deployment: the lines of the threat model. */
@Tag("server")
class StolenPasswordTest {
    private static final String GRANTS = "../deploy/postgres/";

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static String admin;

    @BeforeAll
    static void asDeployed() throws SQLException, IOException {
        admin = SharedServers.freshDatabase();
        run(
                admin,
                "create table accounts (tenant_id int, id int, balance int, secret text, primary key (tenant_id, id))");
        run(admin, "create table salaries (id int)");
        run(admin, script("roles.sql"));
        try (var coordinator = TestDatabase.openOn(url("coordinator"))) {
            run(admin, script("table-grants.sql"));
            run(url("coordinator"), script("worker-grants.sql"));
            run(admin, script("reader-grants.sql"));
            coordinator.submit("name: j\ntable: accounts\nset: { balance: balance + 1 }\n");
        }
    }

    @AfterAll
    static void drop() throws SQLException {
        for (var role : new String[] {"reader", "worker", "coordinator"}) {
            run(admin, "drop owned by " + name(role) + " cascade; drop role " + name(role));
        }
    }

    // Roles are the whole server's, which other tests use too.
    private static String name(String role) {
        return "stolen_" + role;
    }

    private static String script(String file) throws IOException {
        return Files.readString(Path.of(GRANTS + file)).replace("backfleet_", "stolen_");
    }

    private static String url(String role) {
        return admin.replaceFirst("user=[^&]*", "user=" + name(role));
    }

    private static void run(String url, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            insert into backfleet.job (name, state, spec, definition) values ('x', 'RUNNING', '', '{}')
            update backfleet.job set definition = '{}'
            update backfleet.job set spec = ''
            update backfleet.job set rate_limit = null
            delete from backfleet.job
            insert into backfleet.shard (job_id, number) values (1, 99)
            update backfleet.shard set upper = null
            delete from backfleet.shard
            update backfleet.control set state = 'RUN'
            insert into backfleet.control (scope, state) values ('fleet', 'RUN')
            update backfleet.leader set coordinator = 'me'
            select * from backfleet.audit
            insert into backfleet.audit (who, action) values ('ann', 'pause')
            update backfleet.audit set who = 'ann'
            delete from backfleet.audit
            truncate backfleet.audit
            update backfleet.audit_head set seq = 0
            update backfleet.quarantine set key = '{1}'
            delete from backfleet.quarantine
            create table backfleet.mine (n int)
            create or replace function backfleet.version() returns integer language sql as 'select 1'
            alter table backfleet.audit disable trigger chain_audit
            select secret from accounts
            update accounts set secret = ''
            update accounts set id = 0
            insert into accounts (tenant_id, id) values (1, 1)
            delete from accounts
            truncate accounts
            do $$ begin lock table accounts in access exclusive mode; end $$
            select * from salaries
            create table mine (n int)
            set role stolen_coordinator
            create role mine
            copy accounts (id) to program 'true'
            select pg_read_file('/etc/passwd')
            alter system set work_mem = '1GB'
            """)
    void a_workers_password_does_not_permit(String sql) {
        assertDenied("worker", sql);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select secret from accounts
            update accounts set secret = ''
            update accounts set id = 0
            insert into accounts (tenant_id, id) values (1, 1)
            delete from accounts
            truncate accounts
            alter table accounts add column mine int
            drop table accounts
            create trigger mine before update on accounts for each row execute function backfleet.chain_audit()
            select * from salaries
            create table mine (n int)
            create role mine
            set role stolen_worker
            copy accounts (id) to program 'true'
            select pg_read_file('/etc/passwd')
            alter system set work_mem = '1GB'
            """)
    void a_coordinators_password_does_not_permit(String sql) {
        assertDenied("coordinator", sql);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            insert into backfleet.job (name, state, spec, definition) values ('x', 'RUNNING', '', '{}')
            update backfleet.job set state = 'PAUSED'
            update backfleet.shard set state = 'DONE'
            insert into backfleet.control (scope, state) values ('fleet', 'PAUSE')
            update backfleet.leader set coordinator = 'me'
            insert into backfleet.audit (who, action) values ('ann', 'pause')
            update backfleet.audit set who = 'ann'
            delete from backfleet.audit
            update backfleet.audit_head set seq = 0
            delete from backfleet.job_note
            select key from backfleet.quarantine
            select * from backfleet.quarantine
            select * from backfleet.reconcile_row
            select * from backfleet.kept_row
            select id from accounts
            create table backfleet.mine (n int)
            create table mine (n int)
            set role stolen_coordinator
            set role stolen_worker
            copy backfleet.job to program 'true'
            select pg_read_file('/etc/passwd')
            """)
    void a_readers_password_does_not_permit(String sql) {
        assertDenied("reader", sql);
    }

    @ParameterizedTest
    @CsvSource({
        "jobs, 0",
        "status j, 0",
        "show j, 0",
        "shards j, 0",
        "history j, 0",
        "audit, 0",
        "audit --verify, 0",
        "workers, 0",
        "pause j, 3",
        "set j --rate 7, 3"
    })
    void a_readers_password_permits_to_look_and_no_more(String line, int code) throws SQLException {
        var printed = new StringWriter();
        var commands = BackfleetCommandLine.create(
                Backfleet.root(line.split(" ")),
                Map.of("BACKFLEET_DATABASE_URL", url("reader")),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(printed, true)).setErr(new PrintWriter(printed, true));
        assertThat(commands.execute(line.split(" "))).as(printed.toString()).isEqualTo(code);
        if (code != 0) {
            assertThat(printed.toString()).contains("permission");
        }
        try (var database = TestDatabase.openOn(url("coordinator"))) {
            assertThat(database.ask("select state || ' ' || coalesce(rate_limit::text, 'none') from backfleet.job"))
                    .isEqualTo("PLANNING none");
        }
    }

    // A role that may only insert, by the columns of a claim, cannot pretend to be another role.
    @Test
    void a_role_that_may_add_to_the_audit_cannot_choose_what_is_verified() throws SQLException {
        run(
                admin,
                "create role stolen_writer login; grant usage on schema backfleet to stolen_writer;"
                        + "grant insert (who, via, client, action, reason) on backfleet.audit to stolen_writer");
        try {
            for (var column : new String[] {"role", "remote", "at", "seq", "hash", "xact"}) {
                assertDenied(
                        "writer",
                        "insert into backfleet.audit (who, action, " + column + ") values ('ann', 'x', null)");
            }
            run(url("writer"), "insert into backfleet.audit (who, via, action) values ('ann', 'cli', 'looked')");
            try (var database = TestDatabase.openOn(url("coordinator"))) {
                assertThat(
                                database.ask(
                                        "select role || ' ' || (hash is not null) from backfleet.audit where action = 'looked'"))
                        .isEqualTo("stolen_writer true");
            }
        } finally {
            run(admin, "drop owned by stolen_writer; drop role stolen_writer");
        }
    }

    private static void assertDenied(String role, String sql) {
        assertThatThrownBy(() -> run(url(role), sql))
                .as(role + ": " + sql)
                .isInstanceOf(SQLException.class)
                .extracting(failure -> ((SQLException) failure).getSQLState())
                .isEqualTo("42501");
    }
}
