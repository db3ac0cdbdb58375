package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static dev.backfleet.coordinator.postgres.migration.MigrationBench.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of step, on a server: its check tells every state, applying it twice is applying it once, and its undo leaves nothing. */
@Tag("server")
class StepsTest {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();

    private static TestDatabase db;
    private static MigrationBench bench;

    private String schema = "";

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
        db.run("create collation insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        schema = "My " + SCHEMAS.incrementAndGet();
        db.run("create schema \"{s}\"; create table \"{s}\".other (id integer primary key, u integer unique); "
                .replace("{s}", schema));
        db.run("create table \"{s}\".\"Odd \"\" t\" (id integer primary key, \"Full n\" text, ref integer, age integer)"
                .replace("{s}", schema));
        db.run("insert into \"{s}\".other select i, i from generate_series(0, 20) i; ".replace("{s}", schema));
        db.run("insert into \"{s}\".\"Odd \"\" t\" select i, 'A ' || i, i % 7, i from generate_series(1, 20) i"
                .replace("{s}", schema));
    }

    private String table() {
        return "\"" + schema + "\".\"Odd \"\" t\"";
    }

    private Migration of(Element... finish) {
        return MigrationBench.migration(
                "\"" + schema + "\".\"Odd \"\" t\"", "Full n", "First \"n", "text", List.of(finish));
    }

    private static TableName other(String schema) {
        return TableName.of(name(schema), name("other"));
    }

    static Stream<String> kinds() {
        return Stream.of(
                "index",
                "partial",
                "unique index",
                "unique",
                "check",
                "foreign key",
                "default",
                "comment",
                "statistics",
                "not null",
                "sql");
    }

    private Element element(String kind) {
        return switch (kind) {
            case "index" -> index("Ix \"1", List.of("\"First \"\"n\"", "lower(\"Full n\") desc nulls last"), false);
            case "partial" ->
                new Element.Index(
                        name("partial"),
                        List.of("id"),
                        false,
                        Optional.of("btree"),
                        List.of(name("age")),
                        Optional.of(sql("age > 3 -- grown")));
            case "unique index" -> index("ux", List.of("id", "age"), true);
            case "unique" -> new Element.Unique(name("Uq 1"), List.of(name("id"), name("Full n")));
            case "check" -> new Element.Check(name("Ck 'a'"), sql("age > 0 and \"Odd \"\" t\".age < 1000"));
            case "foreign key" ->
                new Element.ForeignKey(
                        name("fk"), List.of(name("ref")), other(schema), List.of(), Optional.of("set  NULL"));
            case "default" -> new Element.Default(name("age"), sql("1 + 1"));
            case "comment" -> new Element.Comment(name("age"), "it's \\ old");
            case "statistics" ->
                new Element.Statistics(name("St 1"), List.of("age", "ref"), List.of("ndistinct", "dependencies"));
            case "not null" -> new Element.NotNull(name("Full n"));
            default ->
                new Element.Sql(
                        "storage of the name",
                        "alter table " + table() + " alter column \"Full n\" set storage main",
                        "select a.attstorage = 'm' from pg_attribute a where a.attrelid = '" + table()
                                + "'::regclass and a.attname = 'Full n'",
                        Optional.of("alter table " + table() + " alter column \"Full n\" set storage extended"),
                        Optional.of(LockMode.ACCESS_EXCLUSIVE));
        };
    }

    private static Element.Index index(String name, List<String> on, boolean unique) {
        return new Element.Index(name(name), on, unique, Optional.empty(), List.of(), Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_step_is_open_then_done_and_taken_back_without_a_trace(String kind) throws SQLException {
        var before = bench.catalog(schema);
        var migration = of(element(kind));
        assertThat(bench.steps(migration).stream()
                        .filter(step -> step.phase() == Step.Phase.FINISH)
                        .map(this::standing))
                .contains("open")
                .containsAnyOf("open", "done");
        bench.applyAll(migration);
        bench.applyAll(migration);
        assertThat(bench.catalog(schema)).isNotEqualTo(before);
        bench.undoAll(migration);
        assertThat(bench.catalog(schema)).isEqualTo(before);
        bench.undoAll(migration);
        assertThat(bench.catalog(schema)).isEqualTo(before);
    }

    private String standing(Step step) {
        try {
            return bench.check(step);
        } catch (SQLException e) {
            throw new AssertionError(step.check(), e);
        }
    }

    @Test
    void a_step_names_what_is_in_the_way() throws SQLException {
        for (var kind : List.of("index", "unique", "check", "foreign key", "default", "statistics")) {
            db.run(takenName(kind));
            var migration = of(element(kind));
            assertThat(bench.steps(migration).stream()
                            .filter(step -> step.phase() == Step.Phase.FINISH)
                            .map(this::standing))
                    .as(kind)
                    .anySatisfy(text -> assertThat(text).contains(wayText(kind)));
        }
    }

    private String takenName(String kind) {
        return (switch (kind) {
                    case "index" -> "create index \"Ix \"\"1\" on {t} (id)";
                    case "unique" -> "create unique index \"Uq 1\" on {t} (id)";
                    case "check" -> "alter table {t} add constraint \"Ck 'a'\" check (age > 0)";
                    case "foreign key" ->
                        "alter table {t} add constraint fk foreign key (ref) references \"{s}\".other (u) on delete set null";
                    case "default" -> "alter table {t} alter column age set default 7";
                    default -> "create statistics \"{s}\".\"St 1\" (ndistinct) on age, ref from {t}";
                })
                .replace("{t}", table())
                .replace("{s}", schema);
    }

    private static String wayText(String kind) {
        return switch (kind) {
            case "index" -> "the index \"Ix \"\"1\" is CREATE INDEX";
            case "unique" -> "the index \"Uq 1\" is CREATE UNIQUE INDEX";
            case "check" -> "the constraint \"Ck 'a'\" is CHECK ((age > 0))";
            case "foreign key" -> "the constraint fk is FOREIGN KEY (ref) REFERENCES";
            case "default" -> "the column age has the default 7";
            default -> "the statistics \"St 1\" are CREATE STATISTICS";
        };
    }

    @Test
    void a_name_of_another_table_is_in_the_way_of_an_index() throws SQLException {
        db.run("create index partial on \"" + schema + "\".other (id) include (u) where u > 3");
        assertThat(bench.check(bench.step(of(element("partial")), "finish.index.partial")))
                .contains("belongs to");
        db.run("create table \"" + schema + "\".ux ()");
        assertThat(bench.check(bench.step(of(element("unique index")), "finish.index.ux")))
                .isEqualTo("the name ux is taken by another relation");
    }

    @Test
    void an_index_that_could_not_be_built_is_broken_and_cleaned_up() throws SQLException {
        db.run("insert into " + table() + " values (21, 'x', 1, 20)");
        var migration = of(index("ux", List.of("age"), true));
        var step = bench.step(migration, "finish.index.ux");
        assertThatThrownBy(() -> bench.execute(step.execution(), step.statements()))
                .hasMessageContaining("could not create unique index");
        assertThat(bench.check(step)).isEqualTo("broken");
        bench.execute(step.execution(), step.cleanup());
        assertThat(bench.check(step)).isEqualTo("open");
        db.run("delete from " + table() + " where id = 21");
        bench.applyAll(migration);
    }

    @Test
    void a_column_of_another_type_or_collation_is_in_the_way() throws SQLException {
        var migration = new MigrationBench.Draft("m", table())
                .from("Full n")
                .to("a", "numeric(10, 2)", "1")
                .to("b", "varchar(20) collate \"C\"", "\"Full n\"")
                .to("c", "text", "\"Full n\"", "'x'")
                .migration();
        db.run("alter table " + table() + " add column a numeric(10, 3), add column b varchar(20), add column c text");
        assertThat(bench.check(bench.step(migration, "expand.column.a")))
                .isEqualTo("the column a has the type numeric(10,3) instead of numeric(10,2)");
        assertThat(bench.check(bench.step(migration, "expand.column.b")))
                .isEqualTo("the column b has the collation \"default\" instead of \"C\"");
        assertThat(bench.check(bench.step(migration, "expand.column.c"))).isEqualTo("done");
    }

    @Test
    void new_columns_get_the_grants_that_all_old_columns_have() throws SQLException {
        db.run(
                "drop role if exists \"Clerk 1\"; create role \"Clerk 1\"; drop role if exists boss1; create role boss1");
        db.run(("grant select (\"Full n\", age), update (\"Full n\") on {t} to \"Clerk 1\"; "
                        + "grant select (\"Full n\", age) on {t} to boss1 with grant option; grant select (age) on {t} to public")
                .replace("{t}", table()));
        var migration = new MigrationBench.Draft("m", table())
                .from("Full n")
                .from("age")
                .to("n1", "text", "\"Full n\"")
                .migration();
        assertThat(bench.check(bench.step(migration, "expand.grants.n1"))).isEqualTo("open");
        bench.applyAll(migration);
        assertThat(db.column(
                        "select x::text from (select coalesce(r.rolname, 'public') || ' ' || x.privilege_type || ' ' || x.is_grantable as x"
                                + " from pg_attribute a, aclexplode(a.attacl) x left join pg_roles r on r.oid = x.grantee"
                                + " where a.attrelid = '" + table() + "'::regclass and a.attname = 'n1') x order by 1"))
                .containsExactly("Clerk 1 SELECT false", "boss1 SELECT true");
        db.run("drop owned by \"Clerk 1\"; drop role \"Clerk 1\"; drop owned by boss1; drop role boss1");
    }

    @Test
    void a_value_of_an_enum_is_added_after_another_one() throws SQLException {
        db.run("create type \"" + schema + "\".mood as enum ('sad', 'glad')");
        var type = TableName.of(name(schema), name("mood"));
        var migration = of(new Element.EnumValue(type, "it's", Optional.of("sad")));
        bench.applyAll(migration);
        assertThat(db.ask("select enum_range(null::\"" + schema + "\".mood)")).isEqualTo("{sad,it's,glad}");
        var elsewhere = of(new Element.EnumValue(type, "glad", Optional.of("sad")));
        assertThat(bench.steps(elsewhere).stream().map(this::standing))
                .contains("the type \"" + schema + "\".mood has the value at another place");
        var missing = of(new Element.EnumValue(TableName.of(name(schema), name("none")), "x", Optional.empty()));
        assertThat(bench.steps(missing).stream().map(this::standing))
                .contains("there is no type \"" + schema + "\".\"none\"");
    }

    @Test
    void a_column_accepts_null_again() throws SQLException {
        db.run("alter table " + table() + " alter column age set not null");
        var migration = of(new Element.DropNotNull(name("age")));
        assertThat(bench.check(bench.step(migration, "finish.drop-not-null.age")))
                .isEqualTo("open");
        bench.applyAll(migration);
    }

    @Test
    void not_null_that_somebody_else_has_set_is_done() throws SQLException {
        db.run("alter table " + table() + " alter column age set not null");
        assertThat(bench.steps(of(new Element.NotNull(name("age")))).stream()
                        .filter(step -> step.phase() == Step.Phase.FINISH)
                        .map(this::standing))
                .isNotEmpty()
                .containsOnly("done");
    }

    @Test
    void rows_that_violate_a_constraint_fail_its_validation_and_not_its_adding() throws SQLException {
        db.run("update " + table() + " set \"Full n\" = null where id = 3");
        var migration = of(new Element.NotNull(name("Full n")));
        bench.apply(bench.step(migration, "finish.not-null.\"Full n\".add"));
        var validate = bench.step(migration, "finish.not-null.\"Full n\".validate");
        assertThatThrownBy(() -> bench.execute(validate.execution(), validate.statements()))
                .isInstanceOf(SQLException.class);
        assertThat(bench.check(validate)).isEqualTo("open");
        db.run("update " + table() + " set \"Full n\" = '' where id = 3");
        bench.applyAll(migration);
    }
}
