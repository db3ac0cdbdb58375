package dev.backfleet.coordinator.cli.reconcile;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.spec.key.Changeable;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.cli.session.AgeConverter;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Operations;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.operation.derived.DerivedJob.Started;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob.Options;
import dev.backfleet.coordinator.operation.reconcile.StandbyCheck;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares the rows of a table with what a job should have made of them. */
@Command(
        name = "reconcile",
        description = {
            "Compare every row of a finished job's table with what the job should have made of it; no row is changed or locked.",
            "A job of its own does it, JOB.reconcile, with the same workers, throttle and window, at a low rate of its own:",
            "'backfleet set JOB.reconcile --rate' changes it. Waits for its end, then prints the verdict.",
            "Exits with 0 if the verdict is SAFE, with 10 if it is DRIFT (rows are not as they should be) or INCOMPLETE (rows",
            "are in quarantine, for one), and with 1 if the comparison FAILED, is HALTED or was cancelled."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet reconcile split-names",
            "  backfleet reconcile split-names --rate none --no-wait",
            "  backfleet reconcile split-names --show -o json     the last verdict again",
            "  backfleet reconcile split-names --every 1h         in the days before the reads are switched",
            "  backfleet reconcile split-names --on postgresql://replica.example:5432/app",
            "  backfleet reconcile split-names --repair           corrects the wrong rows",
            "  backfleet reconcile add-one --different \"n <> m + 1\"    for a change that cannot be computed again"
        })
public final class ReconcileCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--show", description = "Begin nothing: print the last verdict, with tenants and keys.")
    private boolean show;

    @Option(names = "--no-wait", description = "Do not wait for the end; print the id of the job that compares.")
    private boolean noWait;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Rows per second of the whole fleet, such as 5000 or 5k; none: no limit. Default: 50000.")
    private @Nullable String rate;

    @Option(
            names = "--different",
            paramLabel = "CONDITION",
            description = "The SQL condition for a row that is different, instead of the spec's reconcile.different.")
    private @Nullable String different;

    @Option(
            names = "--on",
            paramLabel = "URL",
            description = {
                "Read the rows on this streaming standby of the database, without user and password: workers connect as on the",
                "primary. They wait until it has replayed the submission of this comparison."
            })
    private @Nullable String standby;

    @Option(
            names = "--every",
            paramLabel = "AGE",
            converter = EveryConverter.class,
            description = {
                "Repeat it, such as 1h or 1d; none: no more. The coordinator begins each; 'backfleet status JOB' tells of",
                "wrong rows. The last 50 are kept."
            })
    private @Nullable Duration every;

    @Option(
            names = "--repair",
            description = {
                "Submit a job JOB.repair that gives wrong rows the values of the expressions, with the limits of JOB. Needs a",
                "reconcile that has counted wrong rows."
            })
    private boolean repair;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        refuseContradictions();
        if (show) {
            try (var session = Session.open(options)) {
                return verdict(session.operations());
            }
        }
        var wanted = new Options(
                read("--different", different, SqlExpression::parse),
                read("--rate", rate, Changeable::rowsPerSecond).orElse(Options.USUAL.rate()),
                Optional.ofNullable(standby).map(StandbyCheck::url));
        try (var session = Session.openToStore(options)) {
            var operations = session.operations();
            wanted.standby().flatMap(session.standbyCheck()::run).ifPresent(this::warn);
            if (every != null) {
                return scheduled(session, every, wanted);
            }
            if (repair) {
                return repaired(session);
            }
            var started = operations.reconcile().run(session.actor(), job.idOrName(), wanted);
            return noWait ? begun(started) : finished(operations, started);
        }
    }

    private void warn(String warning) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: " + warning);
        err.flush();
    }

    private void refuseContradictions() {
        var begins = noWait || rate != null || different != null || standby != null;
        if (show && (begins || repair || every != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--show begins nothing: leave out --no-wait, --rate, --different, --on, --repair and --every");
        }
        if (repair && (every != null || rate != null || different != null || standby != null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--repair uses what the last reconcile has compared: leave out the other options");
        }
        if (every != null && noWait) {
            throw new ParameterException(spec.commandLine(), "--every does not wait: leave out --no-wait");
        }
    }

    private ExitCode scheduled(Session session, Duration interval, Options wanted) {
        var none = interval.isZero();
        var scheduled = session.operations()
                .scheduleReconcile()
                .run(session.actor(), job.idOrName(), none ? Optional.empty() : Optional.of(interval), wanted);
        var out = spec.commandLine().getOut();
        if (output.json()) {
            out.print(JsonOutput.render(scheduled));
        } else {
            out.println("reconcile of " + scheduled.name()
                    + (none ? " is not repeated any more" : " is repeated every " + HumanDuration.format(interval)));
        }
        out.flush();
        return ExitCode.DONE;
    }

    private ExitCode repaired(Session session) throws InterruptedException {
        var operations = session.operations();
        var begun = operations.repair().run(session.actor(), job.idOrName());
        var err = spec.commandLine().getErr();
        err.println("backfleet: job " + begun.job().name() + " (id "
                + begun.job().id() + ") repairs " + begun.job().job()
                + ", of which the last reconcile has found " + HumanText.number(begun.wrong())
                + " rows wrong; reconcile it again"
                + " after that");
        err.flush();
        if (noWait) {
            return begun(begun.job());
        }
        var status = operations.status();
        return WatchLoop.of(status::run, options.environment())
                .watch(
                        status.run(begun.job().id()),
                        output.json() ? err : spec.commandLine().getOut(),
                        err);
    }

    private ExitCode begun(Started started) {
        var out = spec.commandLine().getOut();
        if (output.json()) {
            out.print(JsonOutput.render(started));
        } else {
            out.println(started.id());
        }
        out.flush();
        return ExitCode.DONE;
    }

    private ExitCode finished(Operations operations, Started started) throws InterruptedException {
        var err = spec.commandLine().getErr();
        err.println("backfleet: job " + started.name() + " (id " + started.id() + ") compares the rows of "
                + started.job());
        err.flush();
        var status = operations.status();
        var end = followed(() -> WatchLoop.of(status::run, options.environment())
                .watch(
                        status.run(started.id()),
                        output.json() ? err : spec.commandLine().getOut(),
                        err));
        return end == ExitCode.DONE ? verdict(operations) : end;
    }

    // A row that could not be judged is in the quarantine of the comparison; the verdict tells of it.
    private static ExitCode followed(Watching watching) throws InterruptedException {
        try {
            return watching.watch();
        } catch (CommandException e) {
            if (e.exitCode() == ExitCode.QUARANTINED) {
                return ExitCode.DONE;
            }
            throw e;
        }
    }

    private ExitCode verdict(Operations operations) {
        var report = operations.showReconcile().run(job.idOrName());
        var out = spec.commandLine().getOut();
        out.print(output.json() ? JsonOutput.render(report) : VerdictText.of(report));
        out.flush();
        return report.answer().verdict() == GateVerdict.SAFE ? ExitCode.DONE : ExitCode.REFUSED_BY_GATE;
    }

    private static <T> Optional<T> read(String option, @Nullable String text, Function<String, T> parse) {
        try {
            return Optional.ofNullable(text).map(parse);
        } catch (BadTextException e) {
            throw new CommandException(ExitCode.USAGE, option + ": " + e.what() + "; " + e.remedy(), e);
        }
    }

    /** Parses an age; zero for none. */
    static final class EveryConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            return text.equals("none") ? Duration.ZERO : new AgeConverter().convert(text);
        }
    }

    private interface Watching {
        ExitCode watch() throws InterruptedException;
    }
}
