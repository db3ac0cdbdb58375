package dev.backfleet.standalone.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.export.ExportDirectory;
import dev.backfleet.coordinator.migration.export.ExportFormat;
import dev.backfleet.coordinator.migration.export.MigrationExport;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.migration.PostgresMigrationCatalog;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** For each tool, its files make of a table what the steps make of it, and where the tool knows a way back, it leads back. */
@Tag("server")
class ExportedFilesTest {
    private static final LocalDateTime FIRST = LocalDateTime.of(2026, 11, 30, 23, 59, 59);
    private static final String FILE = """
            migration: split-names
            table: shop."Odd t"
            from: [full_name]
            to:
              first_name: { type: 'text collate "C"', up: "split_part(full_name, ' ', 1)" }
              '"Last ${n}"': { type: varchar(200), up: "substr(full_name, strpos(full_name, ' ') + 1)" }
            expand:
              - default: { column: first_name, value: "$$it's; \\n--$$" }
              - enum-value: { type: shop.mood, value: "so; so", after: good }
            finish:
              - index: { name: "\\"Odd i\\"", on: ["lower(first_name) desc", id], where: "first_name <> ';'" }
              - unique: { name: odd_key, on: ['"Last ${n}"', id] }
              - not-null: first_name
              - check: { name: odd_check, condition: "first_name <> '${x}'" }
              - foreign-key: { name: odd_ref, on: [ref], references: shop.other, columns: [id] }
              - statistics: { name: odd_stats, on: [id, ref] }
              - comment: { column: first_name, text: "given; 'name' $backfleet$ $step$" }
              - sql:
                  title: |
                    fills pages
                    less
                  apply: alter table shop."Odd t" set (fillfactor = 90)
                  check: select coalesce(reloptions, '{}') @> array['fillfactor=90'] from pg_class where oid = 'shop."Odd t"'::regclass
                  undo: alter table shop."Odd t" reset (fillfactor)
                  lock: share update exclusive
            down: { full_name: "concat_ws(' ', first_name, \\"Last ${n}\\")" }
            ddl: { role: keeper }
            """;

    private static TestDatabase db;

    @TempDir
    private Path directory;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("do $$ begin if to_regrole('keeper') is null then create role keeper; end if; end $$");
        db.run("do $$ begin execute format('grant create on database %I to keeper', current_database()); end $$");
    }

    @AfterAll
    static void close() throws SQLException {
        db.run("drop owned by keeper cascade");
        db.run("drop role keeper");
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        db.run("drop schema if exists shop cascade");
        db.run(
                "drop table if exists databasechangelog, databasechangeloglock, flyway_before_backfill, flyway_after_backfill");
        db.run(
                "drop schema if exists rails cascade; create schema rails; create table rails.schema_migrations (lock_timeout text)");
        db.run("set role keeper");
        db.run("create schema shop");
        db.run("create type shop.mood as enum ('good', 'bad')");
        db.run("create table shop.other (id integer primary key)");
        db.run("create table shop.\"Odd t\" (id integer primary key, full_name text, ref integer)");
        db.run("grant select (full_name) on shop.\"Odd t\" to public");
        db.run("insert into shop.other select generate_series(0, 6)");
        db.run("insert into shop.\"Odd t\" select i, 'A ' || i, i % 7 from generate_series(1, 100) i");
        db.run("reset role");
    }

    @ParameterizedTest
    @EnumSource
    void the_files_make_what_the_steps_make(ExportFormat format) throws Exception {
        var migration = migration();
        var steps = steps(migration);
        var before = catalog();
        execute(steps, Phase.EXPAND, Phase.SYNC);
        backfill();
        execute(steps, Phase.FINISH);
        var wanted = catalog();
        assertThat(wanted)
                .contains("owner keeper {fillfactor=90}")
                .anyMatch(line -> line.startsWith("index odd_key"))
                .anyMatch(line -> line.startsWith("trigger "));

        makeTable();
        export(migration, steps, format);
        var tool = new ForeignTool(db.url);
        tool.run(format, directory.resolve("before-backfill"));
        backfill();
        tool.run(format, directory.resolve("after-backfill"));
        assertThat(catalog()).isEqualTo(wanted);

        assertThat(db.column("select distinct lock_timeout from rails.schema_migrations"))
                .isEqualTo(format == ExportFormat.RAILS ? List.of("0") : List.of());
        if (format == ExportFormat.PLAIN || format == ExportFormat.RAILS || format == ExportFormat.PRISMA) {
            // Those that keep no record may be run again: what is done is found done.
            tool.run(format, directory.resolve("before-backfill"));
            tool.run(format, directory.resolve("after-backfill"));
            assertThat(catalog()).isEqualTo(wanted);
        }
        if (format == ExportFormat.LIQUIBASE || format == ExportFormat.RAILS) {
            tool.takeBack(format, directory.resolve("after-backfill"));
            tool.takeBack(format, directory.resolve("before-backfill"));
            // PostgreSQL cannot take the value of an enum type back.
            assertThat(catalog()).isEqualTo(withEnumValue(before));
        }
    }

    @Test
    void something_else_of_that_name_is_said_and_left() throws Exception {
        var migration = migration();
        var steps = steps(migration);
        export(migration, steps, ExportFormat.PLAIN);
        db.run("alter table shop.\"Odd t\" add column first_name integer");
        var wrong = catalog();

        assertThatThrownBy(() -> new ForeignTool(db.url).run(ExportFormat.PLAIN, directory.resolve("before-backfill")))
                .hasMessageContaining(
                        "split-names, step expand.column.first_name: the column first_name has the type integer instead of text")
                .hasMessageContaining("rename or remove what is in the way");
        assertThat(catalog()).isEqualTo(wrong);
    }

    @Test
    void an_invalid_index_is_not_taken_for_one() throws Exception {
        var migration = migration();
        var steps = steps(migration);
        export(migration, steps, ExportFormat.PLAIN);
        var tool = new ForeignTool(db.url);
        tool.run(ExportFormat.PLAIN, directory.resolve("before-backfill"));
        backfill();
        db.run("create index \"Odd i\" on shop.\"Odd t\" (lower(first_name) desc, id) where first_name <> ';'");
        db.run("update pg_index set indisvalid = false where indexrelid = 'shop.\"Odd i\"'::regclass");

        assertThatThrownBy(() -> tool.run(ExportFormat.PLAIN, directory.resolve("after-backfill")))
                .hasMessageContaining("step finish.index.\"Odd i\": broken")
                .hasMessageContaining("run: drop index concurrently if exists \"shop\".\"Odd i\"");
    }

    @Test
    void a_lock_is_not_waited_for_longer_than_the_file_of_the_migration_says() throws Exception {
        var migration = MigrationParser.parse(
                        "m.yaml", FILE.replace("role: keeper", "role: keeper, lock-timeout: 20ms"))
                .migration();
        export(migration, steps(migration), ExportFormat.PLAIN);
        try (var other = db.connect();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from shop.\"Odd t\"");
            assertThatThrownBy(
                            () -> new ForeignTool(db.url).run(ExportFormat.PLAIN, directory.resolve("before-backfill")))
                    .hasMessageContaining("lock timeout");
        }
    }

    private void export(Migration migration, List<Step> steps, ExportFormat format) {
        var files = MigrationExport.files(migration, steps, format, FIRST);
        assertThat(files).allSatisfy(file -> assertThat(file.text()).contains("Made by 'backfleet migration sql'"));
        new ExportDirectory(directory, migration.name()).write(files, false);
    }

    private static Migration migration() {
        return MigrationParser.parse("m.yaml", FILE).migration();
    }

    private static List<Step> steps(Migration migration) {
        return Steps.of(
                migration,
                new PostgresMigrationCatalog(db.database).shape(migration).orElseThrow());
    }

    private static void execute(List<Step> steps, Phase... phases) throws SQLException {
        db.run("set role keeper");
        for (var step : steps) {
            if (List.of(phases).contains(step.phase())) {
                for (var statement : step.statements()) {
                    db.run(statement);
                }
            }
        }
        db.run("reset role");
    }

    private static void backfill() throws SQLException {
        db.run("update shop.\"Odd t\" set first_name = split_part(full_name, ' ', 1), "
                + "\"Last ${n}\" = substr(full_name, strpos(full_name, ' ') + 1)");
    }

    private static List<String> withEnumValue(List<String> catalog) {
        var with = new ArrayList<>(catalog);
        with.add("enum so; so");
        Collections.sort(with);
        return with;
    }

    /** What the catalog says of the table, in the order of its text. */
    private static List<String> catalog() throws SQLException {
        var lines = new ArrayList<>(db.column(
                """
                select 'owner ' || relowner::regrole || coalesce(' ' || reloptions::text, '') from pg_class where oid = 'shop."Odd t"'::regclass
                union all
                select 'column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attcollation::regcollation || ' ' || attnotnull
                       || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(attacl::text, '')
                       || ' ' || coalesce(col_description(attrelid, attnum), '')
                from pg_attribute a left join pg_attrdef d on d.adrelid = attrelid and d.adnum = attnum
                where attrelid = 'shop."Odd t"'::regclass and attnum > 0 and not attisdropped
                union all
                select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated
                from pg_constraint where conrelid = 'shop."Odd t"'::regclass
                union all
                select 'index ' || indexrelid::regclass || ' ' || pg_get_indexdef(indexrelid) || ' ' || indisvalid || ' '
                       || (select relowner::regrole from pg_class where oid = indexrelid)
                from pg_index where indrelid = 'shop."Odd t"'::regclass
                union all
                select 'statistics ' || pg_get_statisticsobjdef(oid) from pg_statistic_ext where stxrelid = 'shop."Odd t"'::regclass
                union all
                select 'trigger ' || pg_get_triggerdef(oid) || ' ' || coalesce(obj_description(oid, 'pg_trigger'), '')
                from pg_trigger where tgrelid = 'shop."Odd t"'::regclass and not tgisinternal
                union all
                select 'function ' || pg_get_functiondef(oid) || ' ' || proowner::regrole || coalesce(obj_description(oid, 'pg_proc'), '')
                from pg_proc where pronamespace = 'shop'::regnamespace
                union all
                select 'enum ' || enumlabel from pg_enum where enumtypid = 'shop.mood'::regtype
                """.replace("indexrelid::regclass ||", "(select relname from pg_class where oid = indexrelid) ||")));
        Collections.sort(lines);
        return lines;
    }
}
