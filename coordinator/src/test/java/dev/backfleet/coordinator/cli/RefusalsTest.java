package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.postgres.ControlSchema;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What commands refuse, with which exit code, and what they say to do. */
@Tag("server")
class RefusalsTest {
    private final ControlRows rows = new ControlRows();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void close() {
        rows.close();
    }

    private int run(String... arguments) {
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", rows.url(), "BACKFLEET_START_TIMEOUT", "0s"),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void a_halted_job_whose_pins_are_not_back_is_not_resumed_and_they_are_named() {
        rows.job("names", "HALTED");
        assertThat(run("resume", "names")).isEqualTo(6);
        assertThat(err.toString())
                .endsWith("\nbackfleet: job names is HALTED, and its table does not match the job's snapshot: "
                        + "the table public.\"People\" was dropped\n");
    }

    @Test
    void a_newer_control_schema_is_refused_by_commands_and_coordinators() {
        rows.execute("create or replace function backfleet.version() returns integer language sql as 'select 1000'");
        assertThat(run("jobs")).isEqualTo(8);
        assertThat(err.toString()).contains("has version 1000", "use the release of Backfleet that migrated it");
        assertThatThrownBy(() -> ControlSchema.migrate(DatabaseSettings.ofUrl(rows.url())))
                .isInstanceOf(ExplainedFailure.class);
    }

    @Test
    void an_older_control_schema_is_refused_by_commands() {
        rows.execute("drop function backfleet.version()");
        assertThat(run("jobs")).isEqualTo(8);
        assertThat(err.toString()).contains("start a coordinator of this release first");
    }
}
