package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.backfleet.coordinator.ddl.DdlFailed;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.ContractReport.Line;
import dev.backfleet.coordinator.migration.contract.Precondition;
import dev.backfleet.coordinator.migration.flag.RemoveFlag;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.contract.ContractStore;
import dev.backfleet.coordinator.postgres.contract.EndedFlags;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The old columns are renamed and dropped, beside an application; and come back exactly. */
@Tag("server")
class ContractTest {
    private static TestDatabase db;
    private static ContractBench bench;
    private static int schemas;

    private String schema = "";
    private String name = "";

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
        bench = new ContractBench(db);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @BeforeEach
    void makeTable() throws SQLException {
        schema = "contract_" + ++schemas;
        name = "split-" + schemas;
        db.run("create schema " + schema + "; create table " + schema
                + ".t (id integer primary key, full_name text not null default 'Nobody', age integer)");
        db.run("comment on column " + schema + ".t.full_name is 'as on the ''passport'''; create index names on "
                + schema + ".t (full_name)");
        db.run("insert into " + schema + ".t select i, 'Ada King' || i, i from generate_series(1, 100) i");
        db.run("grant select (full_name) on " + schema + ".t to public");
    }

    private MigrationBench.Draft draft() {
        return new MigrationBench.Draft(name, schema + ".t")
                .from("full_name")
                .to("first_name", "text", "split_part(full_name, ' ', 1)")
                .to("last_name", "text", "split_part(t.full_name, ' ', 2)")
                .down("full_name", "concat_ws(' ', first_name, last_name)")
                .contract(ContractBench.AT_ONCE);
    }

    private String ask(String sql) throws SQLException {
        return db.ask(sql.replace("{t}", schema + ".t"));
    }

    private void run(String sql) throws SQLException {
        db.run(sql.replace("{t}", schema + ".t"));
    }

    @Test
    void from_cut_to_contracted_beside_old_and_new_code() throws Exception {
        var migration = draft().migration();
        bench.cut(migration);
        try (var traffic = new ContractTraffic(db, schema + ".t", "first_name")) {
            awaitGreen(migration);
            assertThat(bench.report(migration).next()).isEqualTo(ContractReport.Next.RENAME);
            assertThat(bench.rename(migration).state()).isEqualTo(MigrationState.RENAMED);
            assertThat(ask("select col_description('{t}'::regclass, 2)"))
                    .startsWith("Backfleet, migration " + name + ": was full_name until 20");

            // New code: the old shape is still kept up. Old code without a list of columns: the new shape is.
            run("update {t} set first_name = 'Grace' where id = 7");
            assertThat(ask("select old_full_name_deprecated from {t} where id = 7"))
                    .isEqualTo("Grace King7");
            run("insert into {t} values (1000, 'Alan Turing')");
            assertThat(ask("select first_name || '/' || last_name from {t} where id = 1000"))
                    .isEqualTo("Alan/Turing");
            assertThat(ask("select backfleet.sync_difference('{t}'::regclass, '" + name + "')"))
                    .isEqualTo("null");
            traffic.awaitMore();

            assertThat(bench.drop(migration).state()).isEqualTo(MigrationState.CONTRACTED);
            traffic.awaitMore();
        }
        assertThat(db.column("select attname from pg_attribute where attnum > 0 and not attisdropped and attrelid = '"
                        + schema + ".t'::regclass order by attnum"))
                .containsExactly("id", "age", "first_name", "last_name");
        assertThat(db.column("select proname from pg_proc where pronamespace = '" + schema + "'::regnamespace"))
                .isEmpty();
        assertThat(db.column("select relname from pg_class where relnamespace = '" + schema + "'::regnamespace"))
                .containsExactlyInAnyOrder("t", "t_pkey");
        assertThat(ask("select stage || ' ' || backfleet.flag('" + name
                        + "', 'anybody') from backfleet.flag_states('{}', '{}') where name = '" + name + "'"))
                .isEqualTo("complete true");
        assertThat(ask("select first_name from {t} where id = 7")).isEqualTo("Grace");
        assertThat(db.column("select new_value from backfleet.audit where new_value like '" + name + "%' order by id"))
                .contains(name + ": CUT → RENAMED", name + ": RENAMED → CONTRACTED")
                .contains(name + ": 2.1 is deployed everywhere, and does not use the old columns");
        assertThat(bench.report(migration).next()).isNull();
        assertThat(bench.drop(migration).before()).isTrue();
        removeFlag(migration);
    }

    // Until then, a migration of that name would take over a flag that is true for everybody.
    private void removeFlag(Migration migration) throws SQLException {
        var store = new MigrationStore(db.database);
        assertRefused(
                Code.CONFLICT,
                () -> store.create(migration, schema + ".t", List.of(), ContractBench.ANN),
                "backfleet migration flags rm " + name);
        var remove = new RemoveFlag(new EndedFlags(db.database));
        run("select backfleet.report_flags('web-1', array['" + name + "'], array[1])");
        assertRefused(
                Code.GATE_CLOSED, () -> remove.run(ContractBench.ANN, name), "evaluate the flag " + name + ": web-1");
        run("update backfleet.flag_reader set seen_at = seen_at - interval '2 hours'");
        remove.run(ContractBench.ANN, name);
        assertThat(ask("select backfleet.flag('" + name + "', 'anybody')")).isEqualTo("f");
        assertRefused(Code.NOT_FOUND, () -> remove.run(ContractBench.ANN, name), "there is no flag");
        assertThat(store.create(migration, schema + ".t", List.of(), ContractBench.ANN)
                        .state())
                .isEqualTo(MigrationState.PLANNED);
    }

    @Test
    void a_word_is_void_when_its_step_was_done_or_taken_back() throws SQLException {
        var migration = draft().migration();
        var id = bench.cut(migration);
        bench.report(migration);
        assertUnsaid(migration);
        bench.say(migration);
        assertThat(line(migration, Precondition.VERSIONS).green()).isTrue();
        run("update backfleet.flag set changed_at = clock_timestamp() where migration_id = " + id);
        assertUnsaid(migration);
        bench.say(migration);
        run("update backfleet.migration set state_at = clock_timestamp() where id = " + id);
        assertUnsaid(migration);
        bench.rename(migration);
        assertThat(ask("select deployed from backfleet.migration_contract where migration_id = " + id))
                .isEqualTo("2.0");
        assertUnsaid(migration);
        bench.undo(migration);
        assertUnsaid(migration);
    }

    @Test
    void a_reconcile_of_the_migration_is_no_obstacle_and_another_job_is() throws SQLException {
        var migration = draft().migration();
        var id = bench.cut(migration);
        var pass = db.job("RUNNING", 0);
        db.run("update backfleet.job set definition = jsonb_build_object('table', jsonb_build_object('oid', '" + schema
                + ".t'::regclass::oid::text)) where id = " + pass);
        assertThat(line(migration, Precondition.JOBS).green()).isFalse();
        db.run("update backfleet.job set reconciles = (select job_id from backfleet.migration where id = " + id
                + ") where id = " + pass);
        assertThat(line(migration, Precondition.JOBS).green()).isTrue();
        assertThat(new ContractStore(db.database).reconciles(id)).hasSize(1);
        db.run("update backfleet.job set state = 'PAUSED' where id = " + pass);
        assertThat(line(migration, Precondition.JOBS).green()).isFalse();
        assertThat(new ContractStore(db.database).reconciles(id)).isEmpty();
        db.run("delete from backfleet.job where id = " + pass);
    }

    private void assertUnsaid(Migration migration) {
        assertThat(line(migration, Precondition.VERSIONS))
                .satisfies(line -> assertThat(line.green()).isFalse())
                .satisfies(line -> assertThat(line.remedy()).contains("--i-have-deployed VERSION"));
    }

    @Test
    void what_comes_to_hang_on_the_column_in_the_last_moment_keeps_it() throws SQLException {
        var migration = draft().migration();
        bench.cut(migration);
        bench.rename(migration);
        // After the check: the trigger fires when the step of the drop is stored.
        db.run("create function " + schema
                + ".meddle() returns trigger language plpgsql as $$ begin execute 'create view " + schema
                + ".late as select old_full' || '_name_deprecated from " + schema + ".t'; return null; end $$");
        db.run(
                "create trigger meddle after insert on backfleet.migration_step for each row when (new.step = 'contract.drop') execute function "
                        + schema + ".meddle()");
        assertThatExceptionOfType(DdlFailed.class)
                .isThrownBy(() -> bench.drop(migration))
                .withMessageContaining("2BP01");
        db.run("drop trigger meddle on backfleet.migration_step");
        assertThat(ask("select count(old_full_name_deprecated) from " + schema + ".late"))
                .isEqualTo("100");
        assertThat(ask("select backfleet.sync_difference('{t}'::regclass, '" + name + "')"))
                .as("the sync is still there")
                .isEqualTo("null");
        bench.undo(migration);
    }

    @Test
    void a_renaming_that_is_taken_back_leaves_everything_as_it_was() throws SQLException {
        var migration = draft().migration();
        bench.cut(migration);
        bench.report(migration);
        var before = bench.exact(schema, "t");
        var schedule = ask("select to_jsonb(s) from backfleet.reconcile_schedule s order by job_id desc limit 1");
        for (var i = 0; i < 2; i++) {
            bench.rename(migration);
            assertThat(bench.exact(schema, "t")).isNotEqualTo(before);
            assertThat(db.column("select to_jsonb(s)::text from backfleet.reconcile_schedule s"))
                    .doesNotContain(schedule);
            assertThat(bench.undo(migration).state()).isEqualTo(MigrationState.CUT);
            assertThat(bench.exact(schema, "t")).isEqualTo(before);
            assertThat(ask("select to_jsonb(s) from backfleet.reconcile_schedule s order by job_id desc limit 1"))
                    .isEqualTo(schedule);
            assertThat(ask("select backfleet.sync_difference('{t}'::regclass, '" + name + "')"))
                    .isEqualTo("null");
        }
        run("update {t} set full_name = 'Grace Hopper' where id = 1");
        assertThat(ask("select last_name from {t} where id = 1")).isEqualTo("Hopper");
        assertRefused(Code.ALREADY_DONE, () -> bench.undo(migration), "is CUT already");
    }

    @Test
    void what_hangs_on_the_column_since_the_renaming_keeps_it() throws SQLException {
        var migration = draft().migration();
        bench.cut(migration);
        bench.rename(migration);
        run("create view " + schema + ".v as select old_full_name_deprecated from {t}");
        assertRefused(Code.GATE_CLOSED, () -> bench.drop(migration), "the view " + schema + ".v needs an old column");
        assertThat(ask("select state from backfleet.migration where name = '" + name + "'"))
                .isEqualTo("RENAMED");
        assertThat(ask("select count(*) from pg_index where indrelid = '{t}'::regclass"))
                .as("no index is dropped before")
                .isEqualTo("2");
        run("drop view " + schema + ".v");
        bench.drop(migration);
    }

    @Test
    void who_writes_the_old_shape_alone_is_noted_once_and_the_write_never_fails() throws SQLException {
        var migration = draft().contract(new ContractRules(Duration.ZERO, Duration.ofHours(1), true, Duration.ZERO))
                .migration();
        bench.cut(migration);
        assertThat(line(migration, Precondition.WRITERS).says())
                .startsWith("nobody has written the old shape alone for");
        run("update {t} set first_name = 'Grace' where id <= 10");
        run(
                "update {t} set age = 1; update {t} set full_name = 'Joan Clarke', first_name = 'Joan', last_name = 'Clarke' where id = 1");
        assertThat(line(migration, Precondition.WRITERS).says())
                .startsWith("nobody has written the old shape alone for");

        db.run("set application_name = 'old billing'");
        run("update {t} set full_name = 'Grace Hopper'");
        run("insert into {t} (id, full_name) values (2000, 'Alan Turing')");
        assertThat(line(migration, Precondition.WRITERS).says())
                .startsWith("the old shape alone was written by user ")
                .contains("application old billing, last 20");
        var noted = "\"backfleet_writers_" + name + "\"";
        assertThat(ask("select count(*) from " + schema + "." + noted + " where username <> ''"))
                .isEqualTo("1");

        run("drop table " + schema + "." + noted);
        db.run("set application_name = 'another'");
        db.run("select set_config('backfleet.noted', '', false)");
        run("update {t} set full_name = 'Ada King' where id = 3");
        assertThat(ask("select last_name from {t} where id = 3")).isEqualTo("King");
        assertThat(line(migration, Precondition.WRITERS).says())
                .as("it is made again")
                .startsWith("nobody has written the old shape alone for");
        db.run("reset application_name");
    }

    @Test
    void a_rollback_at_the_same_moment_keeps_the_columns_as_they_are() throws SQLException {
        var migration = draft().migration();
        var id = bench.cut(migration);
        bench.report(migration);
        var before = bench.exact(schema, "t");
        // Between the check and the renaming: the trigger fires when the way back is stored.
        db.run("create or replace function " + schema + ".meddle() returns trigger language plpgsql as $$ begin"
                + " update backfleet.flag set percent = 50 where migration_id = " + id + "; return new; end $$");
        db.run(
                "create trigger meddle before insert or update of way_back on backfleet.migration_contract for each row when (new.way_back is not null and new.migration_id = "
                        + id + ") execute function " + schema + ".meddle()");
        assertRefused(Code.STALE, () -> bench.rename(migration), "at this moment");
        db.run("drop trigger meddle on backfleet.migration_contract; drop function " + schema + ".meddle()");
        assertThat(bench.exact(schema, "t")).isEqualTo(before);
        assertThat(ask("select state from backfleet.migration where id = " + id))
                .isEqualTo("CUT");
        assertRefused(Code.GATE_CLOSED, () -> bench.rename(migration), "50 % of the tenants read the new shape");
    }

    @Test
    void without_a_renaming_it_is_dropped_at_once_with_its_foreign_key() throws SQLException {
        run("create table " + schema + ".known (name text primary key); insert into " + schema
                + ".known select full_name from {t}; alter table {t} add constraint known foreign key (full_name) references "
                + schema
                + ".known");
        var migration = draft().contract(new ContractRules(Duration.ZERO, Duration.ZERO, false, Duration.ZERO))
                .migration();
        bench.cut(migration);
        var report = bench.report(migration);
        assertThat(report.next()).isEqualTo(ContractReport.Next.DROP);
        assertThat(report.alongside())
                .contains("the foreign key known on " + schema + ".t", "the index " + schema + ".names");
        assertThat(bench.drop(migration).state()).isEqualTo(MigrationState.CONTRACTED);
        assertThat(db.column(
                        "select step from backfleet.migration_step s join backfleet.migration m on m.id = s.migration_id"
                                + " where m.name = '" + name + "' and s.state = 'DONE' order by ordinal"))
                .containsExactly(
                        "contract.observe", "contract.foreign-key.known", "contract.index.names", "contract.drop");
    }

    @Test
    void two_columns_with_hostile_names_in_a_partitioned_table() throws SQLException {
        var long62 = "a \"column\" ? {0} :x $$ with as many bytes as there may be ëë";
        assertThat(long62.getBytes(StandardCharsets.UTF_8)).hasSize(62);
        var first = long62 + "1";
        var second = long62 + "2";
        db.run("create table " + schema + ".\"P p\" (id integer not null, " + name(first) + " text, " + name(second)
                + " text) partition by range (id)");
        db.run("create table " + schema + ".p1 partition of " + schema + ".\"P p\" for values from (0) to (10)");
        db.run("create table " + schema + ".p2 (" + name(second) + " text, id integer not null, "
                + name(first) + " text); alter table " + schema + ".\"P p\" attach partition " + schema
                + ".p2 for values from (10) to (20)");
        db.run("create index on " + schema + ".\"P p\" (" + name(first) + ")");
        var migration = new MigrationBench.Draft("hostile." + schemas, schema + ".\"P p\"")
                .from(first)
                .from(second)
                .to("new", "text", name(first) + " || '?' || \"P p\"." + name(second))
                .down(first, "split_part(\"new\", '?', 1)")
                .down(second, "split_part(\"new\", '?', 2)")
                .contract(ContractBench.AT_ONCE)
                .migration();
        bench.cut(migration);
        bench.report(migration);
        var before = bench.exact(schema, "\"P p\"");
        bench.rename(migration);
        db.run("insert into " + schema + ".\"P p\" (id, new) values (1, 'a?b'), (11, 'c?d')");
        var names = db.column("select attname from pg_attribute where attrelid = '" + schema
                + ".p2'::regclass and attname like 'old\\_%' order by 1");
        assertThat(names).hasSize(2);
        assertThat(db.ask("select " + name(names.get(0)) + " || " + name(names.get(1)) + " from " + schema + ".p2"))
                .isIn("cd", "dc");
        bench.undo(migration);
        assertThat(bench.exact(schema, "\"P p\"")).isEqualTo(before);
        bench.rename(migration);
        bench.drop(migration);
        assertThat(db.column("select attname from pg_attribute where attnum > 0 and not attisdropped and attrelid = '"
                        + schema + ".p2'::regclass"))
                .containsExactlyInAnyOrder("id", "new");
    }

    private static String name(String column) {
        return MigrationBench.name(column).quoted();
    }

    // Transactions that wrote the table when the sync was changed have to end first.
    private static void awaitGreen(Migration migration) {
        await().atMost(Duration.ofSeconds(30)).until(() -> bench.report(migration), ContractReport::green);
    }

    private Line line(Migration migration, Precondition what) {
        return bench.look(migration).lines().stream()
                .filter(line -> line.what() == what)
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(Code code, ThrowingCallable call, String... words) {
        var refused = assertThatExceptionOfType(OperationRefused.class).isThrownBy(call);
        for (var word : List.of(words)) {
            refused.withMessageContaining(word);
        }
        refused.satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}
