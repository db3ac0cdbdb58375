package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.settings.SettingsFile;
import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the local stack in the foreground. */
@Command(
        name = "local",
        description = {
            "Run embedded PostgreSQL and Kafka on this machine until Ctrl-C; on request a coordinator and workers.",
            "Prints the settings that other commands need. Nothing it has started survives it."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet local --coordinator --workers 3 --env-file backfleet.env",
            "  backfleet submit spec.yaml --settings backfleet.env      in another terminal",
            "  backfleet local --data ~/backfleet --postgres-port 5433  the same data the next time"
        })
public final class LocalCommand implements Callable<ExitCode> {

    @Option(names = "--postgres-port", paramLabel = "N", description = "PostgreSQL's port. Default: a free one.")
    private int postgresPort;

    @Option(names = "--kafka-port", paramLabel = "N", description = "Kafka's port. Default: a free one.")
    private int kafkaPort;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the data and logs stay for the next time. Default: nowhere.")
    private @Nullable Path data;

    @Option(names = "--workers", paramLabel = "N", description = "How many workers to run. Default: none.")
    private int workers;

    @Option(names = "--coordinator", description = "Run a coordinator, too.")
    private boolean coordinator;

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Write the settings to FILE, as NAME=value lines, when all is ready.")
    private @Nullable Path environmentFile;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws Exception {
        check();
        var file = Optional.ofNullable(environmentFile).map(EnvironmentFile::prepare);
        return Interruptible.run(() -> {
            say("starting PostgreSQL and Kafka ...");
            try (var stack = LocalStack.open(options())) {
                startFleet(stack);
                announce(stack);
                file.ifPresent(written -> written.write(stack.settings()));
                stack.awaitLossOfAServer();
                return ExitCode.DONE;
            } finally {
                say("ended");
            }
        });
    }

    private void check() {
        if (workers < 0) {
            throw new CommandException(ExitCode.USAGE, "--workers " + workers + ": give 0 or more");
        }
        if (postgresPort != 0 && postgresPort == kafkaPort) {
            throw new CommandException(
                    ExitCode.USAGE, "--postgres-port and --kafka-port are the same: give different ones");
        }
        RequestedPort.require("--postgres-port", postgresPort);
        RequestedPort.require("--kafka-port", kafkaPort);
    }

    private StackOptions options() {
        var options = data == null ? StackOptions.temporary() : StackOptions.keptIn(data);
        return options.onPorts(postgresPort, kafkaPort).serving().telling(this::lost);
    }

    private void startFleet(LocalStack stack) throws InterruptedException {
        if (!coordinator && workers == 0) {
            return;
        }
        say("starting " + (coordinator ? "a coordinator and " : "") + workers + " workers; their logs: "
                + stack.logs());
        if (coordinator) {
            stack.addCoordinator();
        } else {
            // Workers do not set up anything; a coordinator may come later, from elsewhere.
            stack.prepareForWorkers();
        }
        for (int started = 0; started < workers; started++) {
            stack.startWorker();
        }
        stack.awaitReady();
    }

    private void announce(LocalStack stack) {
        var out = spec.commandLine().getOut();
        out.print(SettingsFile.render(stack.settings()));
        out.flush();
        if (coordinator) {
            stack.console().ifPresent(address -> say("the console: " + address));
        }
        say("all is ready; Ctrl-C ends it");
    }

    private void lost(FleetProcess process) {
        say(process.name() + " " + process.end() + "; its log " + process.log() + " ends with:\n" + process.logTail());
    }

    private void say(String message) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: " + message);
        err.flush();
    }
}
