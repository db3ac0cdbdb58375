package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.query.ShowStatus;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Submits a spec. */
@Command(
        name = "submit",
        description = {
            "Submit a spec: check it against the database, store the job, print the job's id.",
            "Work starts as soon as a coordinator and workers are running. If the spec has a mistake, nothing is stored.",
            "It waits for the control schema, which the first coordinator creates."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet submit split-names.yaml",
            "  backfleet submit split-names.yaml --watch",
            "  generate-spec | backfleet submit /dev/stdin"
        })
final class SubmitCommand implements Callable<ExitCode> {
    private static final Duration LOCKS = Duration.ofSeconds(5);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(index = "0", paramLabel = "SPEC", description = "The spec, as YAML or JSON.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(names = "--watch", description = "Follow the job until it finishes, as 'backfleet watch' does.")
    private boolean watch;

    @Option(
            names = "--migrate",
            description = "Create the control schema, or bring it up to date, as a coordinator does.")
    private boolean migrate;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var parsed = parsed();
        var settings = options.settings();
        if (migrate) {
            PoolerCheck.refuse(DatabaseSettings.from(settings));
            ControlSchema.migrate(DatabaseSettings.from(settings), options.startWait());
        }
        try (var session = Session.openToStore(options, LOCKS)) {
            var submitted = session.operations().submit().run(Session.actor(), parsed);
            var line = spec.commandLine();
            submitted.notes().forEach(note -> line.getErr().println("backfleet: note: " + note));
            if (!watch) {
                line.getErr()
                        .println("backfleet: " + submitted.name() + " is stored as job " + submitted.id() + " on "
                                + parsed.spec().table() + "; 'backfleet watch " + submitted.name() + "' follows it");
            }
            line.getErr().flush();
            line.getOut().println(submitted.id());
            line.getOut().flush();
            // Standard output has only the id, for scripts.
            return watch ? watch(session.operations().status(), submitted.id()) : ExitCode.DONE;
        }
    }

    private ExitCode watch(ShowStatus status, long job) throws InterruptedException {
        var line = spec.commandLine();
        return WatchLoop.of(status, options.environment()).watch(status.run(job), line.getOut(), line.getErr());
    }

    private ParsedSpec parsed() {
        try {
            return SpecParser.parse(file.toString(), Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new CommandException(ExitCode.USAGE, "there is no file " + file + ": check the path", e);
        } catch (CharacterCodingException e) {
            throw new CommandException(ExitCode.USAGE, file + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    file + " cannot be read: " + e.getMessage() + "; check that it is a readable file",
                    e);
        }
    }
}
