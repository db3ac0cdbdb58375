package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.FinalizeLoop;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Waits until a job is complete. */
@Command(
        name = "finalize",
        description = {
            "Wait until a job has SUCCEEDED and its quarantine is empty, for a deploy pipeline.",
            "Prints what it waits for whenever that changes, and changes nothing. Exits with 0 when the job is complete,",
            "with 7 if it has not ended within --timeout, with 9 if it SUCCEEDED but rows are still in quarantine then, and",
            "at once with 1 if it FAILED, is HALTED or cancelled, and with 9 if it left out rows that need the change.",
            "Rows that somebody has dismissed from quarantine stay unchanged: they are counted in the last line, and are a",
            "failure (9) only with --strict.",
            "With -o json, the result is printed when the wait ends, and what it waits for goes to standard error."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet finalize split-names --timeout 2h && ./next-migration.sh",
            "  backfleet finalize split-names --timeout 0s    a check, without a wait"
        })
final class FinalizeCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = TimeoutConverter.class,
            description = "How long to wait, such as 30m or 2h; without it, until the job is complete or cannot be.")
    private @Nullable Duration timeout;

    @Option(
            names = "--strict",
            description = "Exit with 9 also if somebody has dismissed rows from quarantine, which stay unchanged.")
    private boolean strict;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var line = spec.commandLine();
            var lines = output.json() ? line.getErr() : line.getOut();
            return FinalizeLoop.of(
                            Optional.ofNullable(timeout),
                            strict,
                            words -> {
                                lines.println(words);
                                lines.flush();
                            },
                            result -> output.print(result, () -> ""))
                    .await(session.operations().status(), job.idOrName());
        }
    }

    /** Parses a duration; zero is allowed. */
    static final class TimeoutConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                return HumanDuration.parse(text);
            } catch (BadTextException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
