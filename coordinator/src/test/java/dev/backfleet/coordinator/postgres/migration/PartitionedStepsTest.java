package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static dev.backfleet.coordinator.postgres.migration.MigrationBench.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.StepRefusal;
import dev.backfleet.coordinator.migration.step.TableRules;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The steps of a table with partitions of partitions in two schemas; and which tables have no steps. */
@Tag("server")
class PartitionedStepsTest {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static TestDatabase db;
    private static MigrationBench bench;

    private String schema = "";

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        schema = "p" + SCHEMAS.incrementAndGet();
        run("create schema {s}; create schema {s}_old; create table {s}.other (id integer primary key)");
        run(
                "create table {s}.\"T t\" (id integer not null, k integer not null, a text, ref integer) partition by range (k)");
        run("create table {s}.\"T t 1\" partition of {s}.\"T t\" for values from (0) to (10)");
        run("create table {s}_old.inner partition of {s}.\"T t\" for values from (10) to (30) partition by list (k)");
        run("create table {s}_old.\"T t 1\" partition of {s}_old.inner for values in (10, 11)");
        run("create table {s}.rest partition of {s}_old.inner default");
        run("insert into {s}.other select i from generate_series(0, 40) i");
        run("insert into {s}.\"T t\" select i, i, 'a' || i, i from generate_series(0, 29) i");
    }

    private void run(String sql) throws SQLException {
        db.run(sql.replace("{s}", schema));
    }

    private Migration of(Element... finish) {
        return MigrationBench.migration(schema + ".\"T t\"", "a", "b", "text", List.of(finish));
    }

    private static Element index(boolean unique) {
        return new Element.Index(
                name("a name of an index that is too long for the indexes of partitions".substring(0, 60)),
                List.of("b", "id", "k"),
                unique,
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    static Stream<Element> elements() {
        return Stream.of(
                index(false),
                index(true),
                new Element.Unique(name("uq"), List.of(name("k"), name("id"))),
                new Element.NotNull(name("a")),
                new Element.Check(name("ck"), sql("k < 1000")),
                new Element.Default(name("a"), sql("'x'")),
                new Element.Comment(name("a"), "old"),
                new Element.Statistics(name("st"), List.of("k", "id"), List.of()));
    }

    @ParameterizedTest
    @MethodSource("elements")
    void its_steps_concern_all_partitions_and_are_taken_back_without_a_trace(Element element) throws SQLException {
        var before = List.of(bench.catalog(schema), bench.catalog(schema + "_old"));
        var migration = of(element);
        bench.applyAll(migration);
        bench.applyAll(migration);
        assertThat(db.column("select indexrelid::regclass from pg_index where not indisvalid"))
                .isEmpty();
        assertThat(db.column("select conname from pg_constraint where not convalidated"))
                .isEmpty();
        bench.undoAll(migration);
        assertThat(List.of(bench.catalog(schema), bench.catalog(schema + "_old")))
                .isEqualTo(before);
        bench.undoAll(migration);
    }

    @Test
    void an_index_is_taken_back_at_any_point_between_its_steps() throws SQLException {
        var before = List.of(bench.catalog(schema), bench.catalog(schema + "_old"));
        for (var element : List.of(index(false), new Element.Unique(name("uq"), List.of(name("k"), name("id"))))) {
            var migration = of(element);
            for (var end = 2; end < bench.steps(migration).size(); end += 2) {
                for (var step : bench.steps(migration).subList(0, end)) {
                    bench.apply(step);
                }
                bench.undoAll(migration);
                assertThat(List.of(bench.catalog(schema), bench.catalog(schema + "_old")))
                        .isEqualTo(before);
            }
        }
    }

    @Test
    void a_partition_that_is_added_meanwhile_has_its_index_already_or_gets_one() throws SQLException {
        var migration = of(index(false));
        var steps = bench.steps(migration);
        for (var step : steps) {
            if (step.id().contains(".parent") && !step.id().contains("inner")) {
                run("create table {s}.early partition of {s}.\"T t\" for values from (30) to (40)");
            }
            if (step.id().contains(".attach")) {
                run(
                        "create table if not exists {s}.late partition of {s}.\"T t\" for values from (40) to (50) partition by list (k); "
                                + "create table if not exists {s}.late1 partition of {s}.late default");
            }
            bench.apply(step);
        }
        assertThat(bench.steps(migration).stream().filter(step -> standing(step).equals("open")))
                .extracting(Step::id)
                .allSatisfy(id -> assertThat(id).contains("early"))
                .hasSize(2);
        bench.applyAll(migration);
        assertThat(db.column("select indexrelid::regclass from pg_index where not indisvalid"))
                .isEmpty();
    }

    private static String standing(Step step) {
        try {
            return bench.check(step);
        } catch (SQLException e) {
            throw new AssertionError(step.check(), e);
        }
    }

    @Test
    void a_foreign_key_needs_a_server_that_can_validate_it_later() throws SQLException {
        var migration = of(new Element.ForeignKey(
                name("fk"),
                List.of(name("ref")),
                TableName.of(name(schema), name("other")),
                List.of(),
                Optional.empty()));
        if (bench.shape(migration).serverVersion() >= 180000) {
            var before = bench.catalog(schema);
            bench.applyAll(migration);
            bench.undoAll(migration);
            assertThat(bench.catalog(schema)).isEqualTo(before);
        } else {
            assertThatThrownBy(() -> bench.steps(migration))
                    .isInstanceOf(ExplainedFailure.class)
                    .hasMessageContaining("can be validated later only from PostgreSQL 18 on");
        }
    }

    @Test
    void a_unique_index_must_have_the_partition_key() {
        assertThat(refusals(of(new Element.Unique(name("uq"), List.of(name("id"))))))
                .extracting(StepRefusal::what)
                .containsExactly("a unique index of a partitioned table must have the column k of its partition key");
    }

    @Test
    void tables_that_have_no_steps_are_refused() throws SQLException {
        run("create table {s}.kin () inherits ({s}.other); create view {s}.v as select 1 as a");
        assertThat(Stream.of("rest", "other", "kin", "v")
                        .map(table -> MigrationBench.migration(schema + "." + table, "a", "b", "text", List.of()))
                        .flatMap(migration -> refusals(migration).stream())
                        .map(StepRefusal::what)
                        .map(what -> what.replace(schema + ".", "")))
                .containsExactly(
                        "rest is a partition",
                        "other inherits from another table, or another one inherits from it",
                        "kin inherits from another table, or another one inherits from it",
                        "v is not a permanent table");
    }

    @Test
    void definitions_that_postgresql_rejects_and_unknown_columns_are_named() {
        var migration = new MigrationBench.Draft("m", schema + ".\"T t\"")
                .from("missing")
                .to("b", "text", "a")
                .to("n", "integer not null", "1")
                .to("s", "integer references " + schema + ".other", "1")
                .to("x", "no_type", "1")
                .finish(List.of(
                        new Element.Check(name("ck"), sql("nothing > 1")),
                        new Element.NotNull(name("gone")),
                        new Element.Check(name("fine"), sql("b > 'a'"))))
                .migration();
        assertThat(refusals(migration))
                .extracting(refusal -> refusal.place() + ": " + refusal.what())
                .containsExactly(
                        "from: the table has no column missing",
                        "finish.not-null.gone: the table has no column gone, and the migration adds none",
                        "to.n: 'integer not null' says more than a type",
                        "to.s: PostgreSQL rejects it: constraints on temporary tables may reference only temporary tables",
                        "to.x: PostgreSQL rejects it: type \"no_type\" does not exist");
    }

    // Elements are tried only when the columns of 'to' are there: else each would be rejected for want of a column.
    @Test
    void elements_that_postgresql_rejects_are_named() {
        var migration = new MigrationBench.Draft("m", schema + ".\"T t\"")
                .from("a")
                .to("b", "text", "a")
                .finish(List.of(
                        new Element.Check(name("ck"), sql("nothing > 1")),
                        new Element.Check(name("fine"), sql("b > 'a'"))))
                .migration();
        assertThat(refusals(migration))
                .extracting(refusal -> refusal.place() + ": " + refusal.what())
                .containsExactly("finish.check.ck: PostgreSQL rejects it: column \"nothing\" does not exist");
    }

    private static List<StepRefusal> refusals(Migration migration) {
        return TableRules.refusals(migration, bench.shape(migration));
    }

    @Test
    void an_index_that_another_session_builds_is_under_way_also_for_a_role_that_may_not_see_it() throws Exception {
        run("create role {s}_owner; grant usage on schema {s} to {s}_owner");
        var migration = MigrationBench.migration(
                schema + ".other",
                "id",
                "b",
                "integer",
                List.of(new Element.Index(
                        name("slow"), List.of("id"), false, Optional.empty(), List.of(), Optional.empty())));
        var step = bench.step(migration, "finish.index.slow");
        try (var writer = db.connect();
                var builder = db.connect();
                var write = writer.createStatement()) {
            writer.setAutoCommit(false);
            write.execute("insert into " + schema + ".other values (1000)");
            var build = CompletableFuture.runAsync(() -> {
                try (var statement = builder.createStatement()) {
                    statement.execute(step.statements().get(0));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(Duration.ofSeconds(20)).until(() -> standing(step), standing -> !standing.equals("open"));
            assertThat(bench.check(step)).isEqualTo("under way");
            run("set role {s}_owner");
            try {
                assertThat(bench.check(step)).isEqualTo("under way");
            } finally {
                db.run("reset role");
            }
            writer.rollback();
            build.join();
        }
        assertThat(bench.check(step)).isEqualTo("done");
    }
}
