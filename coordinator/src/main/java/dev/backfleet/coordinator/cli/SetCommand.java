package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.spec.key.Changeable;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.operation.ChangeSettings;
import dev.backfleet.coordinator.operation.ChangeSettings.Change;
import dev.backfleet.coordinator.operation.ChangeSettings.Wanted;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Changes the settings of a job while it runs. */
@Command(
        name = "set",
        description = {
            "Change a job's limits while it runs; they take effect within a second.",
            "Recorded in backfleet.audit. Works even when no coordinator is running."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet set split-names --rate 20000",
            "  backfleet set split-names --rate none --wal-rate 20MB",
            "  backfleet set split-names --concurrency 4 --batch-duration 50ms --priority low",
            "  backfleet set split-names --error-budget-rows 5000 --error-budget-ratio 1%%",
            "  backfleet set split-names --window '22:00-06:00 Europe/Berlin mon, tue, wed, thu'"
        })
final class SetCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Rows per second of the whole fleet, such as 5000 or 5k; none: no limit.")
    private @Nullable String rate;

    @Option(
            names = "--wal-rate",
            paramLabel = "SIZE",
            description = "WAL per second of the whole fleet, such as 20MB; none: no limit.")
    private @Nullable String walRate;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Slots of the fleet that the job may use at once; none: as many as there are.")
    private @Nullable String concurrency;

    @Option(names = "--batch-duration", paramLabel = "D", description = "How long a batch should take, such as 50ms.")
    private @Nullable String batchDuration;

    @Option(
            names = "--row-timeout",
            paramLabel = "D",
            description =
                    "How long a single row may take before it is quarantined, such as 3s; takes effect with the next claim.")
    private @Nullable String rowTimeout;

    @Option(
            names = "--priority",
            paramLabel = "WORD",
            description = "The job's share of the slots beside other jobs: low, normal or high.")
    private @Nullable String priority;

    @Option(
            names = "--error-budget-rows",
            paramLabel = "N",
            description = "How many rows may be in quarantine before the job halts.")
    private @Nullable String budgetRows;

    @Option(
            names = "--error-budget-ratio",
            paramLabel = "PERCENT",
            description =
                    "Which share of the scanned rows may be in quarantine, such as 0.1%%; checked from the 101st row in quarantine on.")
    private @Nullable String budgetRatio;

    @Option(
            names = "--window",
            paramLabel = "WINDOW",
            description =
                    "When the job may run: times, time zone (UTC unless given) and days (each unless given), such as "
                            + "'22:00-06:00 Europe/Berlin mon, tue'; none: always.")
    private @Nullable String window;

    @Option(
            names = "--deadline",
            paramLabel = "MOMENT",
            description = "By when the job is to be done, such as '2026-12-24 06:00 Europe/Berlin'; none: no deadline.")
    private @Nullable String deadline;

    @Override
    public ExitCode call() throws InterruptedException {
        var wanted = new Wanted(
                read("--rate", rate, Changeable::rowsPerSecond),
                read("--wal-rate", walRate, Changeable::walBytesPerSecond),
                read("--concurrency", concurrency, Changeable::concurrency),
                read("--batch-duration", batchDuration, Changeable::batchDuration),
                read("--row-timeout", rowTimeout, Changeable::rowTimeout),
                read("--priority", priority, Changeable::priority),
                read("--error-budget-rows", budgetRows, Changeable::budgetRows),
                read("--error-budget-ratio", budgetRatio, Changeable::budgetRatio),
                read("--window", window, Changeable::window),
                read("--deadline", deadline, Changeable::deadline));
        if (wanted.isNothing()) {
            throw ChangeSettings.nothing();
        }
        try (var session = Session.openToStore(options)) {
            var changed = session.operations().changeSettings().run(session.actor(), job.idOrName(), wanted);
            output.print(changed, () -> words(changed.changes()) + "\n");
            return ExitCode.DONE;
        }
    }

    private static <T> Optional<T> read(String option, @Nullable String text, Function<String, T> parse) {
        try {
            return Optional.ofNullable(text).map(parse);
        } catch (BadTextException e) {
            throw new CommandException(ExitCode.USAGE, option + ": " + e.what() + "; " + e.remedy(), e);
        }
    }

    private String words(List<Change> changes) {
        if (changes.isEmpty()) {
            return job + " has these settings already";
        }
        return changes.stream()
                .map(change -> change.setting() + " from " + change.before() + " to " + change.now())
                .collect(Collectors.joining(", ", "set " + job + ": ", ""));
    }
}
