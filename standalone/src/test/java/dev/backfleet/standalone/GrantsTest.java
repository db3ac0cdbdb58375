package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code backfleet grants} prints is enough for a whole job, and each line of it is needed. */
@Tag("server")
class GrantsTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final StartWait WAIT = new StartWait(TIMEOUT, line -> {}, Ticker.system(), Sleeper.system());
    private static final String COORDINATOR = "Some coordinator";
    private static final String WORKER = "a-worker";

    private static final String PLAIN = """
            name: plain
            table: app.accounts
            set: { balance: "balance + app.bonus(kind)" }
            where: kind <> (select name from app.excluded limit 1)
            reconcile: { different: "balance % 7 <> 0 or app.broken(secret)" }
            """;

    private static final String COPY = """
            name: copied
            table: public.visits
            into: { table: app.places, columns: { visit: id, place: place }, key: [visit], on-conflict: update }
            """;

    private static final String PARTITIONED = """
            name: partitioned
            table: public.orders
            tenant: '"Tenant"'
            set: { total: "price * 2" }
            """;

    private final String database = SharedServers.freshDatabase();
    private final Map<String, String> settings = Map.of(
            "BACKFLEET_DATABASE_URL",
            database,
            "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS",
            SharedServers.kafka().bootstrapServers(),
            "BACKFLEET_TOPIC_PREFIX",
            "grants-" + database.replaceFirst(".*/([^/?]+).*", "$1"));

    @TempDir
    Path folder;

    private int runs;

    @AfterEach
    void drop() throws SQLException {
        run("drop owned by \"" + COORDINATOR + "\", \"" + WORKER + "\" cascade");
        run("drop role \"" + COORDINATOR + "\", \"" + WORKER + "\"");
    }

    @Test
    void the_script_is_enough_and_without_its_lines_of_one_side_nothing_is_changed() throws Exception {
        createPlain();
        var file = Files.writeString(folder.resolve("spec.yaml"), PLAIN).toString();
        script(Stream.of("grants", file, "--coordinator", COORDINATOR, "--worker", WORKER));
        try (var coordinator = coordinator()) {
            await().atMost(TIMEOUT).until(coordinator::leads);
            var statements = script(Stream.of("grants", file, "--coordinator", COORDINATOR, "--worker", WORKER));
            try (var ignored = worker()) {
                assertThat(job(PLAIN)).isEqualTo("SUCCEEDED");
                assertThat(reconcile()).isEqualTo("SUCCEEDED");
                for (var role : List.of(COORDINATOR, WORKER)) {
                    var first = statements.stream()
                            .filter(line -> line.contains("app.accounts") && line.contains('"' + role + '"'))
                            .findFirst()
                            .orElseThrow();
                    withoutOne(PLAIN, first, role, false);
                }
            }
        }
        assertThat(ask("select count(*) from app.accounts where balance % 7 <> 0"))
                .isEqualTo("0");
    }

    @Tag("long")
    @Test
    void a_plain_table_needs_each_line_and_no_more() throws Exception {
        createPlain();
        each(PLAIN);
        assertThat(ask("select count(*) from app.accounts where balance % 7 <> 0"))
                .isEqualTo("0");
    }

    private void createPlain() throws SQLException {
        run("create schema app");
        run("revoke all on schema app from public");
        run(
                "create table app.accounts (id integer primary key, kind text not null, balance integer default 0, secret text)");
        run("insert into app.accounts select i, 'k' || i % 2 from generate_series(1, 500) i");
        run("create table app.excluded (name text)");
        run("insert into app.excluded values ('none')");
        run("create function app.bonus(text) returns integer immutable language sql as 'select 7'");
        run("revoke execute on function app.bonus from public");
        run("create function app.broken(text) returns boolean immutable language sql as 'select $1 is not null'");
        run("revoke execute on function app.broken from public");
    }

    @Tag("long")
    @Test
    void a_partitioned_table_with_a_composite_key_and_triggers_needs_each_line_and_no_more() throws Exception {
        run("create table orders (\"Tenant\" text, id bigint, price integer not null, total integer,"
                + " primary key (\"Tenant\", id)) partition by list (\"Tenant\")");
        run("create table \"orders of a\" partition of orders for values in ('a')");
        run("create table orders_rest partition of orders default");
        run("insert into orders select chr(97 + i % 3), i, i from generate_series(1, 600) i");
        run("create table order_log (n serial, what text)");
        run("create table counts (tenant text, n integer)");
        run("insert into counts values ('a', 0)");
        run("create function log_order() returns trigger language plpgsql as $$ begin"
                + " insert into order_log (what) values ('changed'); update counts set n = n + 1 where tenant = new.\"Tenant\";"
                + " return null; end $$");
        run("create trigger logs after update on orders for each row execute function log_order()");
        each(PARTITIONED);
        assertThat(ask("select count(*) from orders where total is distinct from price * 2"))
                .isEqualTo("0");
    }

    @Tag("long")
    @Test
    void a_copy_into_another_table_needs_each_line_and_no_more() throws Exception {
        run("create schema app");
        run("revoke all on schema app from public");
        run("create table visits (id integer primary key, place text not null, kind text)");
        run("insert into visits select i, 'place ' || i, 'k' from generate_series(1, 500) i");
        run(
                "create table app.places (no serial primary key, visit integer not null unique, place text, kind text default 'none')");
        each(COPY);
        assertThat(ask("select count(*) from visits v join app.places p on p.visit = v.id and p.place = v.place"))
                .isEqualTo("500");
    }

    // The whole script first; then without each of its lines about the table, one after the other.
    private void each(String spec) throws Exception {
        var file = Files.writeString(folder.resolve("spec.yaml"), spec).toString();
        script(Stream.of("grants", file, "--coordinator", COORDINATOR, "--worker", WORKER));
        try (var coordinator = coordinator()) {
            await().atMost(TIMEOUT).until(coordinator::leads);
            var statements = script(Stream.of("grants", file, "--coordinator", COORDINATOR, "--worker", WORKER));
            try (var ignored = worker()) {
                assertThat(job(spec)).isEqualTo("SUCCEEDED");
                assertThat(reconcile()).isEqualTo("SUCCEEDED");
                for (var statement : statements) {
                    if (statement.contains(" backfleet") || statement.contains("pg_read_all_stats")) {
                        continue;
                    }
                    for (var role : List.of(COORDINATOR, WORKER)) {
                        // Of a copy, which has no other column to read, the coordinator only plans the comparison.
                        if (statement.startsWith("grant select (xmin)") && role.equals(COORDINATOR)) {
                            continue;
                        }
                        withoutOne(spec, statement, role, statements.indexOf(statement) >= ofReconcile(statements));
                    }
                }
                assertThat(job(spec)).isEqualTo("SUCCEEDED");
            }
        }
    }

    private static int ofReconcile(List<String> statements) {
        return IntStream.range(0, statements.size())
                .filter(i -> statements.get(i).contains("xmin"))
                .findFirst()
                .orElseThrow();
    }

    private void withoutOne(String spec, String statement, String role, boolean reconciling) throws Exception {
        if (!statement.contains('"' + role + '"')) {
            return;
        }
        var revoke = statement.replaceFirst("^grant", "revoke").replaceFirst(" to .*$", " from \"" + role + "\"");
        run(revoke);
        try {
            assertThat(reconciling ? reconcile() : job(spec)).as(revoke).isNotEqualTo("SUCCEEDED");
        } finally {
            run(statement);
            run("update backfleet.job set state = 'CANCELLED', finished_at = now() where finished_at is null");
            run(
                    "update backfleet.shard set state = 'PENDING', worker = null, lease_until = null where state = 'RUNNING'");
        }
    }

    /** Runs a job to its end, as the coordinator's role; what is said of it if it does not begin or does not end. */
    private String job(String spec) throws Exception {
        runs++;
        var file = Files.writeString(folder.resolve("job.yaml"), spec.replaceFirst("name: (\\w+)", "name: $1-" + runs));
        var submitted = new StringWriter();
        var id = command(COORDINATOR, submitted, "submit", file.toString());
        // A privilege that only the workers lack is seen when they begin.
        if (submitted.toString().contains("grant ")) {
            return submitted.toString();
        }
        assertThat(id).as(submitted.toString()).isZero();
        return end();
    }

    /** Compares the rows of the first job, as the coordinator's role; the same. */
    private String reconcile() throws Exception {
        var submitted = new StringWriter();
        var name = ask(
                "select name from backfleet.job where reconciles is null and state = 'SUCCEEDED' order by id limit 1");
        if (command(COORDINATOR, submitted, "reconcile", name, "--rate", "none", "--no-wait") != 0) {
            assertThat(submitted.toString()).contains("permission");
            return submitted.toString();
        }
        return end();
    }

    private String end() throws SQLException {
        var name = ask("select max(id) from backfleet.job");
        await().atMost(TIMEOUT)
                .until(() ->
                        ask("select state in ('SUCCEEDED', 'FAILED', 'HALTED', 'PAUSED') from backfleet.job where id = "
                                        + name)
                                .equals("t"));
        var state = ask("select state from backfleet.job where id = " + name);
        if (state.equals("SUCCEEDED")) {
            return state;
        }
        var status = new StringWriter();
        command(COORDINATOR, status, "status", name);
        assertThat(status.toString()).contains("a permission is missing (42501");
        return status.toString();
    }

    private List<String> script(Stream<String> arguments) throws SQLException {
        var output = new StringWriter();
        var all = arguments.toArray(String[]::new);
        assertThat(command(null, output, all)).as(output.toString()).isZero();
        var statements = new ArrayList<String>();
        for (var line : output.toString().lines().toList()) {
            if (!line.isEmpty() && !line.startsWith("--")) {
                run(line);
                statements.add(line.replaceFirst(";$", ""));
            }
        }
        return statements;
    }

    private int command(@Nullable String role, StringWriter output, String... arguments) {
        var all = Stream.concat(
                        Stream.of(arguments),
                        Stream.of(
                                "--database-url=" + url(role),
                                "--kafka-bootstrap-servers="
                                        + SharedServers.kafka().bootstrapServers(),
                                "--topic-prefix=" + settings.get("BACKFLEET_TOPIC_PREFIX")))
                .toArray(String[]::new);
        var commands = Main.commandLine(all);
        commands.picocli().setOut(new PrintWriter(output, true)).setErr(new PrintWriter(output, true));
        return commands.execute(all);
    }

    private Coordinator coordinator() throws Exception {
        var all = Settings.load(Map.of(), as(COORDINATOR), null, Optional.empty());
        return Coordinator.start(
                CoordinatorSettings.from(all, "c"),
                DatabaseSettings.from(all),
                KafkaSettings.from(KafkaConnectionSettings.from(all)),
                new SimpleMeterRegistry(),
                WAIT);
    }

    private Worker worker() throws Exception {
        var all = Settings.load(Map.of(), as(WORKER), null, Optional.empty());
        return Worker.start(
                WorkerSettings.from(all, "w"),
                DatabaseSettings.from(all),
                KafkaSettings.from(KafkaConnectionSettings.from(all)),
                new SimpleMeterRegistry(),
                WAIT);
    }

    private Map<String, String> as(String role) {
        var all = new HashMap<>(settings);
        all.put("BACKFLEET_DATABASE_URL", url(role));
        return all;
    }

    private String url(@Nullable String role) {
        return role == null ? database : database.replaceAll("user=[^&]*", "user=" + role.replace(" ", "%20"));
    }

    private void run(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String ask(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(database);
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }
}
