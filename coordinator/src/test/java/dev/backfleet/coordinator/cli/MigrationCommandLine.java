package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The whole command line on a database, without a fleet, and what its commands have printed. */
final class MigrationCommandLine {
    private final ControlRows rows;
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    MigrationCommandLine(ControlRows rows) {
        this.rows = rows;
    }

    /** Runs a command; its exit code. What was printed before is forgotten. */
    int run(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments),
                Map.of("BACKFLEET_DATABASE_URL", rows.url()),
                new SpecFailureTranslator(),
                new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    /** Applies a migration as far as it goes without workers: its backfill is submitted. */
    String applyToItsBackfill(Path folder, String name, String file) throws IOException {
        var path = Files.writeString(folder.resolve(name), file).toString();
        assertThat(run("migration", "apply", path, "--no-wait"))
                .as("its job goes on: %s", this)
                .isEqualTo(10);
        return path;
    }

    /** What the last command printed. */
    String out() {
        return out.toString();
    }

    /** The errors and messages of the last command. */
    String err() {
        return err.toString();
    }

    /** Both. */
    @Override
    public String toString() {
        return out() + err();
    }
}
