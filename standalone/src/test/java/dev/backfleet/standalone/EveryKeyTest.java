package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.task.Task;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.operation.quarantine.RetryRows;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPlans;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.worker.postgres.PostgresRangeWorker;
import dev.backfleet.worker.postgres.PostgresShardLeases;
import dev.backfleet.worker.postgres.WorkerSession;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Failure;
import dev.backfleet.worker.shard.QuarantineResult;
import dev.backfleet.worker.shard.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of key, from the spec to the last row: shards are disjoint and cover everything, and batches of random
 * sizes change every row exactly once, by a change that is not idempotent.
 */
@Tag("server")
class EveryKeyTest {
    private static final int ROWS = 900;
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static Database coordinator;
    private static Database worker;

    @BeforeAll
    static void connect() {
        var settings = DatabaseSettings.ofUrl(SharedServers.freshDatabase());
        ControlSchema.migrate(settings);
        var silence = Duration.ofSeconds(30);
        coordinator = Database.open(settings, new Database.Profile("coordinator", 3, List.of(), silence));
        worker = Database.open(
                settings, new Database.Profile("backfleet-worker/w", 3, WorkerSession.statements(), silence));
        coordinator.jdbi().useHandle(handle -> {
            handle.execute("create type mood as enum ('sad', 'ok', 'happy', 'Ünïcode', 'it''s')");
            handle.execute("create collation de (provider = icu, locale = 'de')");
            handle.execute(
                    "create collation insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
            handle.execute("create schema \"My Schema\"");
            handle.execute("create domain positive as bigint check (value > 0)");
            handle.execute("create table \"My Schema\".renamed ()");
            HardKeys.create(handle);
        });
    }

    @AfterAll
    static void disconnect() {
        coordinator.close();
        worker.close();
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                key("smallint", "id smallint", "(i * 3 - 30000)::smallint", "id"),
                key("integer", "id integer", "i * 7 - 100000", "id"),
                key(
                        "bigint",
                        "id bigint",
                        "(i::numeric * 9007199254740993 % 9200000000000000000 - 4600000000000000000)::bigint",
                        "id"),
                key("numeric", "id numeric", "i * 1.37 - 1000", "id"),
                key("numeric with a scale", "id numeric(20,4)", "i / 8.0", "id"),
                key("uuid", "id uuid", "md5(i::text)::uuid", "id"),
                key(
                        "text, C",
                        "id text collate \"C\"",
                        "case when i % 2 = 0 then upper(md5(i::text)) else md5(i::text) end",
                        "id"),
                key(
                        "text, ICU",
                        "id text collate de",
                        "chr(97 + i % 26) || chr(196 + i % 30) || ' ''\"\\,{}' || i",
                        "id"),
                key("text, insensitive", "id text collate insensitive", "md5(i::text) || 'Ab'", "id"),
                key("varchar", "id varchar(40)", "'k' || i", "id"),
                key("char", "id char(12)", "'k' || i", "id"),
                key(
                        "date",
                        "id date",
                        "case when i = 1 then '-infinity' when i = 2 then 'infinity' else date '4713-01-01 BC' + i end",
                        "id"),
                key(
                        "timestamptz",
                        "id timestamptz",
                        "case when i = 1 then 'infinity' else timestamptz '2024-03-31 00:30+01' + i * interval '7.000001 min' end",
                        "id"),
                key("bytea", "id bytea", "decode(md5(i::text), 'hex')", "id"),
                key("domain", "id positive", "i", "id"),
                key("boolean and integer", "a boolean, id integer", "i % 2 = 0, i", "a, id"),
                key("enum and integer", "m mood, id integer", "(enum_range(null::mood))[1 + i % 5], i", "m, id"),
                key("integer and text", "a integer, b text", "i % 7, 'x' || i", "a, b"),
                key(
                        "three columns",
                        "a text collate de, b date, c uuid",
                        "'t' || i % 3, date '2020-01-01' + i % 11, md5(i::text)::uuid",
                        "a, b, c"),
                key(
                        "four columns",
                        "a smallint, b integer, c bigint, d text",
                        "(i % 2)::smallint, i % 3, i % 5, i::text",
                        "a, b, c, d"),
                key(
                        "quoted names",
                        "\"Käse \"\" id\" integer, \"select\" text",
                        "i % 10, i::text",
                        "\"Käse \"\" id\", \"select\""),
                key("descending", "id integer", "i", "id desc"));
    }

    private static Arguments key(String name, String columns, String values, String key) {
        return Arguments.of(name, columns, values, key);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"keys", "dev.backfleet.standalone.HardKeys#all"})
    void every_row_is_changed_once_whatever_the_key(String name, String columns, String values, String key)
            throws SQLException {
        var table = "\"My Schema\".\"T " + name.replace("\"", "") + " :t ?\"";
        create(table, columns, values, key);
        var job = submitAndPlanInPasses(name, spec("every-key-" + name, table, key));
        assertThat(shards(job)).isBetween(10, 14);
        workThrough(job, new Random(name.hashCode()));
        assertChangedOnce(table, job);
    }

    /** Every sixth key. */
    static Stream<Arguments> someKeys() {
        return keysAt(i -> i % 6 == 0);
    }

    static Stream<Arguments> otherKeys() {
        return keysAt(i -> i % 6 != 0);
    }

    private static Stream<Arguments> keysAt(IntPredicate places) {
        var all = Stream.concat(keys(), HardKeys.all()).toList();
        return IntStream.range(0, all.size()).filter(places).mapToObj(all::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("someKeys")
    void every_row_is_changed_once_whatever_the_key_behind_a_tenant(
            String name, String columns, String values, String key) throws SQLException {
        workBehindATenant(name, columns, values, key);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("otherKeys")
    void and_whatever_other_key_behind_a_tenant(String name, String columns, String values, String key)
            throws SQLException {
        workBehindATenant(name, columns, values, key);
    }

    private static void workBehindATenant(String name, String columns, String values, String key) throws SQLException {
        var table = "\"My Schema\".\"W " + name.replace("\"", "") + " :t ?\"";
        var led = "tenant" + (key.endsWith(" desc") ? " desc" : "") + ", " + key;
        create(table, "tenant integer, " + columns, "i * i % 11, " + values, led);
        var spec = spec("every-tenant-" + name, table, led) + "tenant: tenant\n";
        var job = name.hashCode() % 2 == 0 ? submitAndPlan(spec) : submitAndPlanInPasses(name, spec);
        say(job, DesiredState.PAUSE);
        var tenants = new PostgresTenants(coordinator)
                .page(job, Set.of(), null, 20)
                .orElseThrow()
                .tenants();
        assertThat(tenants).extracting(TenantStatus::tenant).containsExactly("0", "1", "3", "4", "5", "9");
        assertThat(tenants).extracting(TenantStatus::state).contains(TenantState.PAUSED);
        say(job, DesiredState.RUN);
        workThroughAllButTheFirst(job, new Random(name.hashCode()));
        retry(job);
        assertChangedOnce(table, job);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.backfleet.standalone.HardKeys#ofPartitions")
    void every_row_is_changed_once_whatever_the_key_of_a_partitioned_table(
            String name, String columns, String values, String key) throws SQLException {
        for (var way : List.of("hash", "range")) {
            var table = "\"My Schema\".\"P " + way + " " + name + " :t ?\"";
            createPartitioned(table, way, columns, values, key);
            var job = submitAndPlan(spec("every-leaf-" + way + "-" + name, table, key));
            assertThat(shards(job)).isGreaterThan(9);
            workThrough(job, new Random(name.hashCode()));
            assertChangedOnce(table, job);
        }
    }

    private static void createPartitioned(String table, String way, String columns, String values, String key)
            throws SQLException {
        coordinator.jdbi().useHandle(handle -> {
            var raw = handle.getConnection();
            try (var statement = raw.createStatement()) {
                statement.execute(
                        "create table " + table + " (" + columns + ", n integer not null default 0, src text, "
                                + "primary key (" + key + ")) partition by " + way + " (" + columnsOf(key)[0] + ")");
                if (way.equals("hash")) {
                    for (var i = 0; i < 3; i++) {
                        statement.execute("create table " + HardKeys.leaf(table, i) + " partition of " + table
                                + " for values with (modulus 3, remainder " + i + ")");
                    }
                } else {
                    String middle;
                    try (var value = statement.executeQuery("select quote_literal(v.k::text) from (select " + values
                            + " from generate_series(1, " + ROWS + ") i) v (k) order by k offset " + ROWS / 2
                            + " limit 1")) {
                        value.next();
                        middle = value.getString(1);
                    }
                    statement.execute("create table " + HardKeys.leaf(table, 0) + " partition of " + table
                            + " for values from (minvalue) to (" + middle + ")");
                    statement.execute(
                            "create table " + HardKeys.leaf(table, 1) + " partition of " + table + " default");
                }
                statement.execute(
                        "insert into " + table + " select " + values + " from generate_series(1, " + ROWS + ") i");
                statement.execute("analyze " + table);
            }
        });
    }

    // The first row of each shard that has one was put into quarantine; for nothing, so that it can be changed.
    private static void retry(long job) {
        var quarantine = new PostgresQuarantine(coordinator);
        var numbers = quarantine.numbers(job, Optional.empty());
        assertThat(numbers).isNotEmpty();
        try {
            quarantine.retrying(job, rows -> new RetryRows(rows, duration -> {}).run(numbers));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void say(long job, DesiredState state) {
        new PostgresControl(coordinator)
                .apply(Scope.tenant(job, "4"), new ControlRecord(state, null, null), Optional.empty());
    }

    private static void create(String table, String columns, String values, String key) throws SQLException {
        coordinator.jdbi().useHandle(handle -> {
            var raw = handle.getConnection();
            try (var statement = raw.createStatement()) {
                statement.execute(
                        "create table " + table + " (" + columns + ", n integer not null default 0, src text)");
                statement.execute(
                        "insert into " + table + " select " + values + " from generate_series(1, " + ROWS + ") i");
                statement.execute("create unique index on " + table + " (" + key + ")");
                for (var column : columnsOf(key)) {
                    statement.execute("alter table " + table + " alter " + column + " set not null");
                }
                statement.execute("analyze " + table);
            }
        });
    }

    private static String spec(String name, String table, String key) {
        var columns = Stream.of(columnsOf(key)).map(HardKeys::yaml).toList();
        return """
                name: %s
                table: %s
                key: %s
                set: { n: n + 1 }
                shard: { rows: 75 }
                """.formatted(name.replaceAll("[^a-z0-9]", "-"), HardKeys.yaml(table), columns);
    }

    private static String[] columnsOf(String key) {
        return key.replace(" desc", "").split(", ");
    }

    private static long submitAndPlanInPasses(String key, String spec) {
        try {
            return submitAndPlan(spec + "walk: { passes: 3 }\n");
        } catch (SpecException e) {
            assertThat(e).hasMessageContaining("hash function");
            assertThat(HardKeys.WITHOUT_HASH).contains(key);
            return submitAndPlan(spec);
        }
    }

    private static long submitAndPlan(String spec) {
        var submitted = new SubmitJob(new PostgresCatalog(coordinator), new PostgresIntake(coordinator))
                .run(Actor.commandLine("me"), SpecParser.parse("test.yaml", spec));
        var planned = new PostgresPlans(coordinator).plan(submitted.id());
        assertThat(planned.orElseThrow().state()).isEqualTo(JobState.RUNNING);
        return submitted.id();
    }

    private static int shards(long job) {
        return coordinator.jdbi().withHandle(handle -> handle.createQuery(
                        "select count(*) from backfleet.shard where job_id = :job")
                .bind("job", job)
                .mapTo(Integer.class)
                .one());
    }

    private static void workThroughAllButTheFirst(long job, Random random) {
        var leases = dispatched(job);
        for (var number = 1; number <= shards(job); number++) {
            var claim = leases.claim(new Task(new ShardId(job, number), 1)).orElseThrow();
            var refused = new Failure(ErrorKind.REFUSED_ROW, "23514", "check constraint violated");
            var quarantined = new PostgresRangeWorker(worker, "w", LEASE)
                    .quarantine(claim, new Step.Quarantine(claim.cursor(), refused))
                    .orElseThrow();
            if (quarantined.status() != QuarantineResult.ShardStatus.DONE) {
                workThrough(claim, quarantined.cursor(), random);
            }
        }
    }

    private static void workThrough(long job, Random random) {
        var leases = dispatched(job);
        for (var number = 1; number <= shards(job); number++) {
            var claim = leases.claim(new Task(new ShardId(job, number), 1)).orElseThrow();
            workThrough(claim, claim.cursor(), random);
        }
    }

    private static PostgresShardLeases dispatched(long job) {
        coordinator
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "update backfleet.shard set state = 'DISPATCHED', dispatch = 1, dispatched_at = now() where job_id = ?",
                        job));
        return new PostgresShardLeases(worker, "w", LEASE);
    }

    private static void workThrough(Claim claim, Cursor from, Random random) {
        var ranges = new PostgresRangeWorker(worker, "w", LEASE);
        var cursor = from;
        var done = false;
        while (!done) {
            // Sometimes as a slow row: it is searched for, and found by its key.
            var batch = random.nextInt(6) == 0
                    ? new Step.Batch(cursor, 1, Duration.ofSeconds(10))
                    : new Step.Batch(cursor, 1 + random.nextInt(90));
            var result = ranges.batch(claim, batch).orElseThrow();
            cursor = result.cursor();
            done = result.done();
        }
    }

    private static void assertChangedOnce(String table, long job) throws SQLException {
        coordinator.jdbi().useHandle(handle -> {
            var raw = handle.getConnection();
            try (var statement = raw.createStatement();
                    var result = statement.executeQuery("select count(*), count(*) filter (where n = 1), "
                            + "(select sum(rows_changed) from backfleet.shard where job_id = " + job + "), "
                            + "(select sum(rows_walked) from backfleet.shard where job_id = " + job + "), "
                            + "(select count(*) from backfleet.shard where job_id = " + job
                            + " and state <> 'DONE') from " + table)) {
                result.next();
                assertThat(result.getLong(1)).as("rows").isEqualTo(ROWS);
                assertThat(result.getLong(2)).as("changed once").isEqualTo(ROWS);
                assertThat(result.getLong(3)).as("counted as changed").isEqualTo(ROWS);
                assertThat(result.getLong(4)).as("counted as scanned").isEqualTo(ROWS);
                assertThat(result.getLong(5)).as("open shards").isZero();
            }
        });
    }
}
