package dev.backfleet.coordinator.postgres.migration;

import static dev.backfleet.coordinator.postgres.migration.MigrationBench.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The session that renames, takes back and drops is ended once after each of its statements: the end is that of an undisturbed run. */
@Tag("server")
class InterruptedContractTest {
    // A sequence keeps its value when the transaction is rolled back: its bits are the statements that were ended
    // before.
    private static final String INTERRUPTIONS = """
            create schema interruption;
            create sequence interruption.done0 minvalue 0 start 0; create sequence interruption.done1 minvalue 0 start 0;
            create sequence interruption.done2 minvalue 0 start 0; create sequence interruption.done3 minvalue 0 start 0;
            create function interruption.interrupt() returns event_trigger language plpgsql security definer as $$
              declare
                place integer := abs(hashtext(current_query()) % 240);
                done regclass := 'interruption.done' || place / 60;
                before bigint := pg_sequence_last_value(done);
                bit bigint := 1::bigint << (place % 60);
              begin
                if current_setting('application_name') = 'steps' and coalesce(before, 0) & bit = 0 then
                  perform setval(done, coalesce(before, 0) | bit);
                  perform pg_terminate_backend(pg_backend_pid());
                end if;
              end
            $$;
            create event trigger interrupted on ddl_command_end execute function interruption.interrupt();
            alter event trigger interrupted disable;
            """;

    private static final String ENDED = """
            select sum(length(replace(coalesce(pg_sequence_last_value('interruption.done' || i), 0)::bit(60)::text, '0', '')))
            from generate_series(0, 3) i
            """;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestDatabase db;
    private static ContractBench bench;
    private static int schemas;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new ContractBench(db);
        db.run(INTERRUPTIONS);
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @Test
    void a_session_that_ends_at_any_statement_changes_nothing_of_the_end() throws SQLException {
        var undisturbed = ended();
        db.run("alter event trigger interrupted enable");
        var interrupted = ended();
        db.run("alter event trigger interrupted disable");
        assertThat(Integer.parseInt(db.ask(ENDED)))
                .as("sessions that were ended")
                .isGreaterThan(16);
        assertThat(interrupted).containsExactlyElementsOf(undisturbed);
    }

    @Test
    void a_reconcile_that_is_submitted_beside_a_renaming_is_seen_by_it() throws Exception {
        var migration = migration();
        var id = bench.cut(migration);
        bench.report(migration);
        var backfill = db.ask("select job_id from backfleet.migration where id = " + id);
        CompletableFuture<?> renaming;
        try (var other = db.connect();
                var statement = other.createStatement()) {
            // As a reconcile is stored: under the lock of the job that it checks.
            statement.execute("begin; select from backfleet.job where id = " + backfill + " for update");
            renaming = CompletableFuture.supplyAsync(() -> bench.rename(migration));
            await().atMost(PATIENCE).until(() -> db.ask("select exists (select from pg_stat_activity"
                            + " where wait_event_type = 'Lock' and query like 'select j.id from backfleet.job j%')")
                    .equals("t"));
            statement.execute(
                    "with pass as (insert into backfleet.job (name, state, spec, definition, concurrency, reconciles)"
                            + " values ('beside', 'PLANNING', '', '{}', 1, " + backfill + ") returning id)"
                            + " insert into backfleet.job_relation select id, '"
                            + migration.table().quoted()
                            + "'::regclass, 'public', 't' from pass");
            statement.execute("commit");
        }
        assertThatThrownBy(renaming::join).hasMessageContaining("a job of its table has begun");
        assertThat(db.ask("select state from backfleet.migration where id = " + id))
                .isEqualTo("CUT");
        db.run("update backfleet.job set state = 'SUCCEEDED', finished_at = now() where name = 'beside'");
        assertThat(bench.rename(migration).state()).isEqualTo(MigrationState.RENAMED);
    }

    private static List<String> ended() throws SQLException {
        var migration = migration();
        var schema = migration.table().schema().orElseThrow().name();
        bench.cut(migration);
        var catalogs = new ArrayList<String>();
        bench.report(migration);
        catalogs.addAll(bench.exact(schema, "t"));
        bench.rename(migration);
        catalogs.addAll(bench.exact(schema, "t"));
        bench.undo(migration);
        catalogs.addAll(bench.exact(schema, "t"));
        bench.rename(migration);
        assertThat(bench.drop(migration).state()).isEqualTo(MigrationState.CONTRACTED);
        catalogs.addAll(bench.exact(schema, "t"));
        catalogs.addAll(db.column(
                "select s.step || s.state from backfleet.migration_step s join backfleet.migration m on m.id = s.migration_id"
                        + " where m.name = '" + migration.name() + "' order by ordinal"));
        return catalogs.stream()
                .map(line -> line.replace(schema, "S")
                        .replace(migration.name(), "N")
                        .replaceAll("sha256 [0-9a-f]+", "sha256"))
                .toList();
    }

    private static Migration migration() throws SQLException {
        var schema = "ended_" + ++schemas;
        db.run("create schema " + schema + "; create table " + schema
                + ".t (id integer primary key, full_name text, age integer); create index names on " + schema
                + ".t (full_name)");
        db.run("create table " + schema + ".known (name text primary key); alter table " + schema
                + ".t add constraint known foreign key (full_name) references " + schema + ".known");
        return new MigrationBench.Draft("named" + schemas, schema + ".t")
                .from("full_name")
                .to("first_name", "text", name("full_name").quoted())
                .down("full_name", "first_name")
                .contract(ContractBench.AT_ONCE)
                .migration();
    }
}
