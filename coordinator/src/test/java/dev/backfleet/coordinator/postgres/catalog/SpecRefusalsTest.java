package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.embedded.SharedServers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a spec may not ask of this database, and the whole message that one gets; nothing is stored. */
@Tag("server")
class SpecRefusalsTest {
    private static final int KNOWS_PARAMETER_PRIVILEGES = 15;
    private static final String SET_N = "set: { n: n + 1 }\n";

    private static TestDatabase db;

    @BeforeAll
    static void create() throws SQLException {
        db = TestDatabase.open();
        db.run(
                "create table t (id bigint primary key, n integer, \"Mixed\" text, g integer generated always as (n + 1) stored, "
                        + "i bigint generated always as identity, tenant integer not null, maybe integer)");
        db.run("create view v as select * from t");
        db.run("create materialized view m as select * from t");
        db.run("create foreign data wrapper x; create server s foreign data wrapper x");
        db.run("create foreign table f (id bigint, n integer) server s");
        db.run("create table no_key (id bigint, n integer)");
        db.run("create table part (id bigint, day date, n integer, primary key (id, day)) partition by range (day)");
        db.run("create table part_1 partition of part for values from ('2024-01-01') to ('2025-01-01')");
        db.run("create table far (id bigint, n integer) partition by list (id)");
        db.run("create foreign table far_1 partition of far for values in (1) server s");
        db.run("create table indexed (a integer not null, b integer, c integer not null, d integer not null, "
                + "e text not null, f integer not null, h integer not null, n integer)");
        db.run("create unique index on indexed (b)");
        db.run("create unique index on indexed (c) where n > 0");
        db.run("create unique index on indexed ((d + 1))");
        db.run("create unique index on indexed (e text_pattern_ops)");
        db.run("alter table indexed add constraint later unique (f) deferrable");
        db.run("create unique index broken on indexed (h)");
        db.run("update pg_index set indisvalid = false where indexrelid = 'broken'::regclass");
        db.run("create index on indexed (a)");
        db.run(
                "create table followed (id bigint primary key, tenant integer not null, other integer not null, n integer)");
        db.run("create index on followed (tenant, id)");
        db.run("create table base (id bigint primary key, n integer)");
        db.run("create table heir () inherits (base)");
        db.run("create sequence seq");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("delete from backfleet.job");
    }

    static Stream<Arguments> tables() {
        return Stream.of(
                of(
                        "table: nowhere\n" + SET_N,
                        "2: table: there is no table nowhere in this database; "
                                + "check the name, its schema, and which database is connected"),
                of(
                        "table: idnexed\n" + SET_N,
                        "2: table: there is no table idnexed in this database; did you mean indexed?"),
                of(
                        "table: app.INDEXED\n" + SET_N,
                        "2: table: there is no table app.indexed in this database; did you mean indexed?"),
                of("table: public.v\n" + SET_N, "2: table: public.v is a view; name the table that holds the rows"),
                of("table: m\n" + SET_N, "2: table: m is a materialized view; name the table that holds the rows"),
                of("table: f\n" + SET_N, "2: table: f is a foreign table; name the table that holds the rows"),
                of("table: seq\n" + SET_N, "2: table: seq is not a table; name the table that holds the rows"),
                of(
                        "table: base\n" + SET_N,
                        "2: table: base is a table that others inherit from; name the table that holds the rows"),
                of(
                        "table: backfleet.shard\nset: { batches: batches + 1 }\n",
                        "2: table: backfleet.shard is one of Backfleet's own tables; name the table that holds the rows"),
                of(
                        "table: far\n" + SET_N,
                        "2: table: its partition far_1 is a foreign table; name the other partitions in jobs of their own"));
    }

    static Stream<Arguments> columns() {
        return Stream.of(
                of(
                        "table: t\nset: { nn: n + 1 }\n",
                        "3: set.nn: t has no column nn; check the name; unquoted ones fold to lower case"),
                of(
                        "table: t\nset: { maybe_integer: n }\n",
                        "3: set.maybe_integer: t has no column maybe_integer; did you mean maybe?"),
                of(
                        "table: t\nset: { mixed: n::text }\n",
                        "3: set.mixed: t has no column mixed; did you mean \"Mixed\"?"),
                of(
                        "table: t\nset: { g: n }\n",
                        "3: set.g: it is a generated column; set the columns that it is computed from"),
                of(
                        "table: t\nset: { i: n }\n",
                        "3: set.i: PostgreSQL rejects it: column \"i\" can only be updated to DEFAULT; "
                                + "correct the expression; it may use the columns of the row"),
                of(
                        "table: t\nset: { id: id + 1 }\n",
                        "3: set.id: it is part of the key; a job cannot change the columns of its key"),
                of(
                        "table: followed\ntenant: tenant\nset: { tenant: tenant + 1 }\n",
                        "4: set.tenant: is the tenant column that the job scans by, and cannot be changed; remove it from set"),
                of(
                        "table: part\nset: { day: day + 1 }\n",
                        "3: set.day: it is part of the key; a job cannot change the columns of its key"),
                of(
                        "table: t\nset:\n  n: nosuch + 1\n",
                        "4: set.n: PostgreSQL rejects it: column \"nosuch\" does not exist; "
                                + "correct the expression; it may use the columns of the row"),
                of(
                        "table: t\nset: { n: now() }\n",
                        "3: set.n: PostgreSQL rejects it: column \"n\" is of type integer but expression is of type "
                                + "timestamp with time zone (You will need to rewrite or cast the expression.); "
                                + "correct the expression; it may use the columns of the row"),
                of(
                        "table: t\nset: { n: sum(n) }\n",
                        "3: set.n: PostgreSQL rejects it: aggregate functions are not allowed in UPDATE; "
                                + "correct the expression; it may use the columns of the row"),
                of(
                        "table: t\n" + SET_N + "where: n + 1\n",
                        "4: where: PostgreSQL rejects it: argument of WHERE must be type boolean, not type integer; "
                                + "correct the expression; it may use the columns of the row"));
    }

    static Stream<Arguments> keysAndLimits() {
        return Stream.of(
                of(
                        "table: no_key\n" + SET_N,
                        "2: table: it has no usable primary key; name the columns of a unique NOT NULL index under key"),
                of(
                        "table: t\n" + SET_N + "key: [nosuch]\n",
                        "4: key: t has no column nosuch; check the name; unquoted ones fold to lower case"),
                noIndex("a"),
                noIndex("b"),
                noIndex("c"),
                noIndex("d"),
                noIndex("e"),
                noIndex("f"),
                noIndex("h"),
                of(
                        "table: t\ntenant: maybe\n" + SET_N,
                        "3: tenant: the column maybe can be NULL; make it NOT NULL, or leave tenant out"),
                of(
                        "table: t\ntenant: nosuch\n" + SET_N,
                        "3: tenant: t has no column nosuch; check the name; unquoted ones fold to lower case"),
                of(
                        "table: t\n" + SET_N + "batch: { duration: 600ms }\n",
                        "4: batch.duration: 600ms is too long for this server: a batch must end before "
                                + "deadlock_timeout (1s); write at most 500ms"));
    }

    private static Arguments of(String spec, String message) {
        return Arguments.of(spec, message);
    }

    private static Arguments noIndex(String column) {
        return of(
                "table: indexed\n" + SET_N + "key: [" + column + "]\n",
                "4: key: no unique index over exactly these columns, all of them NOT NULL, can be scanned; name the columns of "
                        + "a valid, immediate btree index without conditions or expressions, in plain order");
    }

    @ParameterizedTest
    @MethodSource({"tables", "columns", "keysAndLimits"})
    void one_message_says_what_is_wrong_where_and_what_to_do(String spec, String message) throws SQLException {
        assertThatThrownBy(() -> db.submit("name: j\n" + spec))
                .isInstanceOf(SpecException.class)
                .hasMessage("s.yaml:" + message);
        assertThat(db.ask("select count(*) from backfleet.job where name = 'j'"))
                .isEqualTo("0");
    }

    @Test
    void asking_evaluates_nothing() throws SQLException {
        db.run("create table evaluated (id bigint primary key, n bigint)");
        db.run("insert into evaluated values (1, 1)");
        db.submit("name: asks\ntable: evaluated\nset: { n: nextval('seq') }\nwhere: \"1 / (n - 1) > 0\"\n");
        assertThat(db.ask("select is_called from seq")).isEqualTo("f");
        assertThat(db.ask("select n from evaluated")).isEqualTo("1");
    }

    @Test
    void a_tenant_without_a_fitting_index_is_noted_and_the_key_is_scanned() throws SQLException {
        var submitted = db.submit("name: notes\ntable: followed\ntenant: other\n" + SET_N);
        assertThat(TestDatabase.notes(submitted))
                .containsExactly(
                        "no index starts with other and continues with the key (id): shards follow the key, not the tenants; "
                                + "for shards that do: create index concurrently on followed (other, id)");
        assertThat(db.ask("select definition ->> 'tenantLed' from backfleet.job where name = 'notes'"))
                .isEqualTo("false");
    }

    @Test
    void a_tenant_with_a_fitting_index_leads_the_scan() throws SQLException {
        var submitted = db.submit("name: led\ntable: followed\ntenant: tenant\n" + SET_N);
        assertThat(TestDatabase.notes(submitted)).isEmpty();
        assertThat(
                        db.ask(
                                "select jsonb_path_query_array(definition, '$.key[*].name') from backfleet.job where name = 'led'"))
                .isEqualTo("[\"tenant\", \"id\"]");
    }

    @Test
    void only_who_may_suppress_triggers_can_ask_for_it() throws SQLException {
        var spec = SpecParser.parse("s.yaml", "name: quiet\ntable: t\n" + SET_N + "triggers: suppress\n");
        db.run("create role quiet login");
        try (var asQuiet = Database.open(
                DatabaseSettings.ofUrl(db.url.replaceFirst("\\?.*", "") + "?user=quiet"),
                new Database.Profile("backfleet", 1, List.of(), Duration.ofSeconds(30)))) {
            db.run("grant select, update on t to quiet; grant usage on schema backfleet to quiet");
            var submit = new SubmitJob(new PostgresCatalog(asQuiet), new PostgresIntake(db.database));
            assertThatThrownBy(() -> submit.run(Actor.commandLine("me"), spec))
                    .hasMessage(
                            "s.yaml:4: triggers: this role may not suppress them: permission denied to set parameter "
                                    + "\"session_replication_role\"; let a superuser run: grant set on parameter "
                                    + "session_replication_role to the role (from PostgreSQL 15 on; before, only a superuser may), "
                                    + "or leave triggers out");
            boolean grantable = SharedServers.postgres().majorVersion() >= KNOWS_PARAMETER_PRIVILEGES;
            db.run(
                    grantable
                            ? "grant set on parameter session_replication_role to quiet"
                            : "alter role quiet superuser");
            assertThat(TestDatabase.notes(submit.run(Actor.commandLine("me"), spec)))
                    .containsExactly(
                            "triggers are suppressed, and with them the checks of foreign keys on the changed columns");
        }
    }

    @Test
    void a_name_in_use_is_refused_until_its_job_has_finished() throws SQLException {
        var first = db.submit("name: once\ntable: t\n" + SET_N);
        assertThatThrownBy(() -> db.submit("name: once\ntable: t\n" + SET_N))
                .hasMessageContaining("a job named once is unfinished");
        db.run("update backfleet.job set state = 'CANCELLED', finished_at = now() where id = " + first.id());
        assertThat(db.submit("name: once\ntable: t\n" + SET_N).id()).isGreaterThan(first.id());
    }
}
