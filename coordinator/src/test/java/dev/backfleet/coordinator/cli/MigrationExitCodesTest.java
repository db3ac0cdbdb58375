package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ControlRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One rule for the exit codes of all commands of migrations: 2 for what is written wrong, 5 for a migration that is not there, 6 for
 * something in the way, 10 for what must be so before and is not.
 */
@Tag("server")
class MigrationExitCodesTest {
    private static final String FILE = """
            migration: codes
            table: public.coded
            from: [full_name]
            to:
              first: { type: text, up: "split_part(full_name, ' ', 1)" }
            down: { full_name: first }
            """;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ControlRows rows;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Path folder;

    private final MigrationCommandLine commands = new MigrationCommandLine(rows);

    @BeforeAll
    static void applyToItsBackfill() throws IOException {
        rows = new ControlRows();
        rows.execute("create table coded (id bigint primary key, full_name text)");
        rows.execute("create table toold (id bigint primary key, full_name text)");
        Files.writeString(
                folder.resolve("other"), FILE.replace("first: {", "given: {").replace(": first }", ": given }"));
        Files.writeString(
                folder.resolve("nowhere"), FILE.replace("code", "nowher").replace("nowherd", "nowhere"));
        Files.writeString(folder.resolve("wrong"), FILE.replace("from:", "form:"));
        Files.writeString(
                folder.resolve("impossible"), FILE.replace("code", "tool").replace("type: text", "type: txt"));
        Files.writeString(folder.resolve("others"), FILE.replace("code", "tool") + "ddl: { by: others }\n");
        new MigrationCommandLine(rows).applyToItsBackfill(folder, "good", FILE);
    }

    @AfterAll
    static void close() {
        rows.close();
    }

    @BeforeEach
    void isBackfilling() {
        rows.execute("update backfleet.migration set state = 'BACKFILLING', cutover_step = 0, cutover_at = null");
        rows.execute("update backfleet.flag set state = 'OFF', percent = 0");
    }

    private void assertEnds(String command, int code, String words) {
        var ended = commands.run(("migration " + command.replace("DIR", folder.toString())).split(" ", -1));
        assertThat(ended).as("%s: %s", command, commands).isEqualTo(code);
        assertThat(commands.toString()).contains(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status nobody",
                "watch nobody",
                "cutover nobody",
                "rollback nobody --reason r",
                "abort nobody --yes",
                "gate nobody --for cutover",
                "gate nobody --for contract"
            })
    void a_migration_that_is_not_there_is_5(String command) {
        assertEnds(command, 5, "there is no migration nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "plan DIR/wrong, form: is not a known key",
        "apply DIR/wrong, form: is not a known key",
        "plan DIR/nowhere, nowhere:2: table: there is no table public.nowhere that this role may see",
        "apply DIR/nowhere, nowhere:2: table: there is no table public.nowhere that this role may see",
        "sql DIR/nowhere --format plain --dir DIR/x, nowhere:2: table: there is no table public.nowhere that this role may see",
        "sql DIR/wrong --format plain --dir DIR/x, form: is not a known key",
        "cutover codes --percent 0, --percent is 1 to 100",
        "gate codes --for lunch, write cutover or contract",
        "contract codes --watch 30m, --watch looks at a renaming: write --rename --watch TIME",
        "contract codes --drop --watch 30m, --watch looks at a renaming: write --rename --watch TIME",
        "contract codes --rename --watch 5s, 5s is not between 10s and 7d",
        "contract codes --rename --watch soon, soon",
        "rollback codes, --reason"
    })
    void what_is_written_wrong_is_2(String command, String words) {
        assertEnds(command, 2, words);
    }

    @ParameterizedTest
    @CsvSource({
        "plan DIR/impossible, to.first (line 5): PostgreSQL rejects it: type \"txt\" does not exist",
        "apply DIR/impossible, to.first: PostgreSQL rejects it: type \"txt\" does not exist",
        "apply DIR/good --no-wait, waits for: its job",
        "apply DIR/others, by another tool",
        "gate codes --for cutover, reads are switched when it is READY",
        "gate codes --for contract, the old columns go when",
        "cutover codes, reads are switched when it is READY"
    })
    void what_must_be_so_before_is_10(String command, String words) {
        assertEnds(command, 10, words);
    }

    @Test
    void the_gate_the_soak_time_and_readers_of_the_new_shape_are_10() {
        rows.execute("update backfleet.migration set state = 'READY' where name = 'codes'");
        assertEnds("cutover codes", 10, "the gate of codes says INCOMPLETE");
        rows.execute("update backfleet.migration set state = 'CUTTING', cutover_step = 1, cutover_at = now()"
                + " where name = 'codes'");
        assertEnds("cutover codes", 10, "step 1 is on for");
        assertEnds("abort codes --yes", 10, "tenants read the new shape of codes");
        rows.execute("update backfleet.migration set source = regexp_replace(source, 'down: [^\\n]*\\n', '')");
        assertEnds("cutover codes", 10, "accept it with --one-way");
        rows.execute("delete from backfleet.flag");
        assertEnds("rollback codes --reason r", 10, "is not SYNCED");
        rows.execute(
                "insert into backfleet.flag (name, migration_id, changed_by) select name, id, 'ann' from backfleet.migration");
        rows.execute("update backfleet.migration set source = '" + FILE.replace("'", "''") + "' where name = 'codes'");
    }

    @Test
    void what_is_in_the_way_is_6() throws SQLException {
        try (var other = DriverManager.getConnection(rows.url());
                var statement = other.createStatement()) {
            statement.execute(
                    "set application_name = 'elsewhere'; select pg_advisory_lock(hashtext('backfleet.apply'), id::int)"
                            + " from backfleet.migration where name = 'codes'");
            assertEnds("apply DIR/good", 6, "another command is at work on the migration (pid ");
            assertThat(commands.err()).contains("application elsewhere, connected for ");
        }
        assertEnds("apply DIR/other", 6, "with another file, which differs in to");
        rows.execute("update backfleet.migration set state = 'READY' where name = 'codes'");
        rows.execute("alter table coded disable trigger user");
        assertEnds("cutover codes", 6, "the sync of codes is no longer as it was made");
        assertEnds("apply DIR/good", 6, "sync.triggers is no longer as it was made");
        rows.execute("alter table coded enable trigger user");
    }
}
