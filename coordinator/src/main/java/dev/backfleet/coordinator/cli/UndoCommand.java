package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.spec.key.Changeable;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.query.undo.ShowKept;
import dev.backfleet.coordinator.query.undo.ShowKept.KeptReport;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Puts back the values that a job has overwritten and kept. */
@Command(
        name = "undo",
        description = {
            "Put back the values that a finished job has overwritten, if its spec has 'undo: keep'.",
            "A job of its own does it, JOB.undo, with the limits, the throttle and the window of JOB. It changes each row that still",
            "has what JOB wrote, and leaves alone those that others have changed or deleted since: --show lists them afterwards.",
            "Follows the undo until it finishes, as 'backfleet watch' does."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet undo split-names",
            "  backfleet undo split-names --rate 5000 --no-wait",
            "  backfleet undo split-names --show     what is kept, or was not put back",
            "  backfleet undo split-names --drop     when it will not be undone any more"
        })
final class UndoCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Rows per second of the whole fleet, such as 5000 or 5k; none: no limit. Default: that of JOB.")
    private @Nullable String rate;

    @Option(
            names = "--no-wait",
            description = "Do not wait for the end; print the id of the job that puts values back.")
    private boolean noWait;

    @Option(
            names = "--show",
            description = "Begin nothing: print what is kept or, after an undo, what was not put back.")
    private boolean show;

    @Option(names = "--drop", description = "Remove the kept values: JOB cannot be undone afterwards.")
    private boolean drop;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        if ((show || drop) && (noWait || rate != null || (show && drop))) {
            throw new ParameterException(
                    spec.commandLine(), "--show and --drop undo nothing: leave out the other options");
        }
        if (show) {
            try (var session = Session.open(options)) {
                return shown(session.operations().showKept().run(job.idOrName()));
            }
        }
        try (var session = Session.openToStore(options)) {
            return drop ? dropped(session) : undone(session);
        }
    }

    private ExitCode undone(Session session) throws InterruptedException {
        var operations = session.operations();
        var started = operations.undo().run(session.actor(), job.idOrName(), rate());
        if (noWait) {
            print(output.json() ? JsonOutput.render(started) : started.id() + "\n");
            return ExitCode.DONE;
        }
        var err = spec.commandLine().getErr();
        err.println("backfleet: job " + started.name() + " (id " + started.id() + ") puts back the values of "
                + started.job());
        err.flush();
        var status = operations.status();
        var end = WatchLoop.of(status::run, options.environment())
                .watch(
                        status.run(started.id()),
                        output.json() ? err : spec.commandLine().getOut(),
                        err);
        return end == ExitCode.DONE ? shown(operations.showKept().run(String.valueOf(started.origin()))) : end;
    }

    private Optional<OptionalLong> rate() {
        try {
            return Optional.ofNullable(rate).map(Changeable::rowsPerSecond);
        } catch (BadTextException e) {
            throw new CommandException(ExitCode.USAGE, "--rate: " + e.what() + "; " + e.remedy(), e);
        }
    }

    private ExitCode dropped(Session session) {
        confirmation.require(options, spec, "remove the kept values of " + job + ", so that it cannot be undone");
        var dropped = session.operations().dropKept().run(session.actor(), job.idOrName());
        print(
                output.json()
                        ? JsonOutput.render(dropped)
                        : "dropped the kept values of " + dropped.name() + " (job " + dropped.job() + "): "
                                + HumanSize.format(dropped.bytes()) + "\n");
        return ExitCode.DONE;
    }

    private ExitCode shown(KeptReport report) {
        print(output.json() ? JsonOutput.render(report) : words(report));
        return ExitCode.DONE;
    }

    private static String words(KeptReport report) {
        var kept = report.kept();
        if (!kept.keeps()) {
            return "job " + kept.name() + " has not kept the values that it has overwritten\n";
        }
        var undo = kept.undo();
        var undone = undo != null && undo.state() == JobState.SUCCEEDED;
        var count = (report.rows() >= ShowKept.MOST_COUNTED ? "at least " : "")
                + HumanText.number(report.rows())
                + (report.rows() == 1 ? " row" : " rows");
        if (report.rows() == 0) {
            return undone
                    ? "every row has its old values again\n"
                    : "no values of " + kept.name() + " are kept: it has changed no row, or they were dropped\n";
        }
        var text = new StringBuilder(
                undone
                        ? count + (report.rows() == 1 ? " was" : " were")
                                + " not put back: changed or deleted by others after " + kept.name() + "\n"
                        : "values of " + count + " are kept, " + HumanSize.format(report.bytes()) + "\n");
        if (undone) {
            report.keys().forEach(key -> text.append("  ")
                    .append(key.table())
                    .append("  ")
                    .append(String.join(", ", key.key()))
                    .append('\n'));
        }
        return text.toString();
    }

    private void print(String text) {
        var out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
