package dev.backfleet.standalone.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.standalone.process.FleetProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A migration while three versions of the application write, and its command, a worker and the coordinator are killed. */
@Tag("long")
@Tag("staged")
class MigrationUnderFaultsTest {
    @RegisterExtension
    static final SharedStage SHARED = new SharedStage();

    private static final int ROWS = 60_000;
    private static final String FILE = """
            migration: split-people
            table: public.people
            from: [full_name]
            to:
              first_name: { type: text, up: "split_part(full_name, ' ', 1)" }
              last_name: { type: text, up: "substr(full_name, strpos(full_name, ' ') + 1)" }
            down: { full_name: "concat_ws(' ', first_name, last_name)" }
            backfill: { rate: { rows-per-second: 20000 }, shard: { rows: 4000 } }
            finish:
              - index: { name: people_names, on: [last_name, first_name] }
              - not-null: first_name
            """;

    @TempDir
    private Path folder;

    private Stage stage;

    @BeforeEach
    void begin() throws Exception {
        stage = SHARED.ready();
        stage.table().run("drop table if exists people");
        stage.table().run(ThreeKindsOfCode.TABLE);
        stage.table()
                .run("insert into people select i, i % 50, 'Ada' || i || ' Lovelace' from generate_series(1, " + ROWS
                        + ") i");
        stage.table().run("analyze people");
    }

    @AfterEach
    void calm() throws SQLException {
        stage.calm();
    }

    @Test
    void no_write_is_lost_and_both_shapes_agree_whoever_is_killed() throws Exception {
        var file = Files.writeString(folder.resolve("people.yaml"), FILE).toString();
        try (var application = new ThreeKindsOfCode(stage.stack().jdbcUrl(), ROWS)) {
            // A session of the application that is in the way: the first command is killed while it waits.
            stage.table().run("begin; lock table people in access share mode");
            try (var apply = apply(file)) {
                Stage.awaitTrue(() -> apply.output().contains("waits: "));
                assertThat(status())
                        .contains("PLANNED", "'backfleet migration apply' is at work", "was last held up by");
                assertThat(stage.commands().result("migration", "apply", file).err())
                        .contains("another command is at work on the migration (pid ");
            }
            Stage.awaitTrue(() -> status().contains("waits for: a command: none is at work"));
            stage.table().run("rollback");
            try (var apply = apply(file)) {
                Stage.awaitTrue(() -> isInState("SYNCED", "BACKFILLING"));
                application.deploy();
            }
            try (var apply = apply(file)) {
                Stage.awaitTrue(() -> isInState("BACKFILLING"));
                var job = stage.table().number("select job_id from backfleet.migration where name = 'split-people'");
                stage.awaitChanged(job, ROWS / 4);
                stage.busy().kill();
                Stage.alive(stage.stack().coordinators()).forEach(FleetProcess::kill);
                stage.restoreStrength();
                stage.awaitState(job, "SUCCEEDED");
            }

            assertThat(stage.commands().run("migration", "apply", file)).contains("split-people", "READY");
            assertThat(stage.commands().run("migration", "status", "split-people"))
                    .contains("finish.index.people_names");
            // Once more, beside the application, which goes on all the time.
            assertThat(stage.commands().run("migration", "apply", file)).contains("READY");
            assertThat(application.writtenRows()).isGreaterThan(100);
            switchReadsAndTakeThemBack();

            application.close();
            assertThat(application.lost(names())).isEmpty();
        }
        assertThat(stage.table()
                        .number("select count(*) from people where full_name <> concat_ws(' ', first_name, last_name)"
                                + " or first_name is distinct from split_part(full_name, ' ', 1)"))
                .as("rows whose shapes do not agree")
                .isZero();
        assertThat(stage.table()
                        .number("select count(*) from backfleet.job where name = 'split-people' and submitted_at > "
                                + "(select created_at from backfleet.migration where name = 'split-people')"))
                .isEqualTo(1);

        theLossOfTheSyncIsTold(file);

        stage.commands().run("migration", "abort", "split-people", "--yes", "--discard-new-only");
        assertThat(stage.table()
                        .number("select count(*) from pg_attribute where attrelid = 'people'::regclass and attnum > 0 "
                                + "and not attisdropped"))
                .isEqualTo(3);
        assertThat(stage.table().number("select count(*) from pg_trigger where tgrelid = 'people'::regclass"))
                .isZero();
    }

    private void theLossOfTheSyncIsTold(String file) throws SQLException {
        stage.table().run("alter table people disable trigger \"zz_backfleet_sync_split-people_u\"");
        assertThat(status()).contains("PROBLEM: the sync is no longer as it was made");
        assertThat(stage.commands()
                        .result("migration", "cutover", "split-people")
                        .err())
                .contains("the sync of split-people is no longer as it was made");
        assertThat(stage.commands().result("migration", "apply", file).err())
                .contains("rows that were written since may be out of step");
    }

    // People has no tenants that the migration knows: the flag's are those that the application names.
    private void switchReadsAndTakeThemBack() throws SQLException {
        var reads = "select count(*) from generate_series(1, 1000) t where backfleet.flag('split-people', t::text)";
        assertThat(stage.table().number(reads)).isZero();
        assertThat(stage.commands().run("migration", "cutover", "split-people")).contains("CUTTING", "ON, 10 %");
        assertThat(stage.table().number(reads)).isBetween(50L, 150L);
        assertThat(stage.commands()
                        .result("migration", "cutover", "split-people")
                        .code())
                .as("the soak time is not over")
                .isEqualTo(ExitCode.REFUSED_BY_GATE.code());
        assertThat(stage.commands().run("migration", "cutover", "split-people", "--percent", "100"))
                .contains("CUT: the flag is ON, 100 %");
        assertThat(stage.table().number(reads)).isEqualTo(1000);
        assertThat(stage.commands()
                        .result("migration", "abort", "split-people", "--yes")
                        .err())
                .contains("take them back first");
        assertThat(stage.commands().run("migration", "rollback", "split-people", "--reason", "a test"))
                .contains("the flag is OFF");
        assertThat(stage.table().number(reads)).isZero();
    }

    private String status() {
        return stage.commands().run("migration", "status", "split-people");
    }

    private KilledCommand apply(String file) throws Exception {
        var output = Files.createTempFile(folder, "apply", ".txt");
        return new KilledCommand(stage.stack().flags(), output, "migration", "apply", file);
    }

    private boolean isInState(String... states) throws SQLException {
        return stage.table().texts("select state from backfleet.migration where name = 'split-people'").stream()
                .anyMatch(List.of(states)::contains);
    }

    private Map<Long, String> names() throws SQLException {
        var names = new HashMap<Long, String>();
        stage.table()
                .texts("select id || '=' || full_name from people")
                .forEach(row -> names.put(
                        Long.parseLong(row.substring(0, row.indexOf('='))), row.substring(row.indexOf('=') + 1)));
        return names;
    }
}
