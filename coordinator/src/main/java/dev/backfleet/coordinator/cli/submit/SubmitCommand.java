package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.operation.DryRun;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.pin.Warning;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.query.ShowStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Submits a spec. */
@Command(
        name = "submit",
        description = {
            "Submit a spec: check it against the database, store the job, print the job's id.",
            "Work starts as soon as a coordinator and workers are running. If the spec has a mistake, nothing is stored.",
            "Warnings go to standard error; with -o json, they are in the output as well.",
            "A name of which a job has SUCCEEDED is refused with exit code 10, unless --again is given. A name of which a",
            "job FAILED or was cancelled can be submitted again; one of an unfinished job cannot.",
            "It waits for the control schema, which the first coordinator creates."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet submit split-names.yaml",
            "  backfleet submit split-names.yaml --watch",
            "  backfleet submit split-names.yaml --dry-run   check it, show the SQL and five rows; store nothing",
            "  backfleet submit split-names.yaml --paused    start it later with 'backfleet resume'",
            "  generate-spec | backfleet submit -"
        })
public final class SubmitCommand implements Callable<ExitCode> {
    private static final Duration LOCKS = Duration.ofSeconds(5);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(index = "0", paramLabel = "SPEC", description = "The spec, as YAML or JSON; - is standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String file;

    @Option(
            names = "--dry-run",
            description = {
                "Store nothing: check the spec, show the shards, the SQL and the warnings, and, on a terminal, five rows",
                "before and after, each changed in a transaction that is rolled back."
            })
    private boolean dryRun;

    @Option(names = "--no-sample", description = "With --dry-run: change no row, not even to roll it back.")
    private boolean noSample;

    @Option(
            names = "--sample",
            description = {
                "With --dry-run: show the rows even if the output is no terminal, or if a function or trigger may do",
                "something that a rollback does not undo."
            })
    private boolean sample;

    @Option(names = "--paused", description = "Plan the job, but change no row before 'backfleet resume JOB'.")
    private boolean paused;

    @Option(names = "--again", description = "Run it although a job of that name has SUCCEEDED.")
    private boolean again;

    @Option(names = "--watch", description = "Follow the job until it finishes, as 'backfleet watch' does.")
    private boolean watch;

    @Option(
            names = "--migrate",
            description = "Create the control schema, or bring it up to date, as a coordinator does.")
    private boolean migrate;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        refuseContradictions();
        var parsed = SpecSource.parsed(file, System.in);
        return dryRun ? dryRun(parsed) : submit(parsed);
    }

    private ExitCode submit(ParsedSpec parsed) throws InterruptedException {
        var settings = options.settings();
        if (migrate) {
            PoolerCheck.refuse(DatabaseSettings.from(settings));
            ControlSchema.migrate(DatabaseSettings.from(settings), options.startWait());
        }
        try (var session = Session.openToStore(options, LOCKS)) {
            var submitted = session.operations().submit().run(Session.actor(), parsed, new How(paused, again));
            warn(submitted.warnings());
            if (!watch) {
                say(SubmitText.stored(submitted));
            }
            // Standard output has only the id, or JSON, for scripts.
            output.print(submitted, () -> submitted.id() + "\n");
            return watch ? watch(session.operations().status(), submitted.id()) : ExitCode.DONE;
        }
    }

    private ExitCode watch(ShowStatus status, long job) throws InterruptedException {
        var line = spec.commandLine();
        return WatchLoop.of(status, options.environment()).watch(status.run(job), line.getOut(), line.getErr());
    }

    private ExitCode dryRun(ParsedSpec parsed) throws InterruptedException {
        try (var session = Session.open(options, LOCKS)) {
            var operation = session.operations().dryRun();
            var plan = operation.plan(parsed);
            var report = plan.report();
            warn(report.warnings());
            if (!output.json()) {
                lines(SubmitText.lines(report));
            }
            var rows = rows(operation, plan);
            if (output.json()) {
                spec.commandLine().getOut().print(JsonOutput.render(new Tried(report, rows)));
            } else if (rows != null) {
                lines(SubmitText.lines(rows));
            }
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
    }

    private DryRun.@Nullable Sample rows(DryRun operation, DryRun.Plan plan) {
        if (noSample) {
            return null;
        }
        var terminal = TerminalInfo.from(options.environment()).present();
        if (!sample && (!terminal || !plan.report().effects().isEmpty())) {
            say(SubmitText.withoutSample(plan.report(), terminal));
            return null;
        }
        say(SubmitText.beforeSample(plan.report()));
        return operation.sample(plan);
    }

    private void refuseContradictions() {
        if (dryRun && (watch || migrate)) {
            throw new ParameterException(
                    spec.commandLine(), "--dry-run stores nothing: leave out " + (watch ? "--watch" : "--migrate"));
        }
        if (!dryRun && (sample || noSample)) {
            throw new ParameterException(
                    spec.commandLine(), (sample ? "--sample" : "--no-sample") + " belongs to --dry-run");
        }
        if (sample && noSample) {
            throw new ParameterException(spec.commandLine(), "--sample and --no-sample exclude each other");
        }
        if (watch && output.json()) {
            throw new ParameterException(
                    spec.commandLine(), "--watch and -o json exclude each other: 'backfleet watch' follows the job");
        }
    }

    private void warn(List<Warning> warnings) {
        warnings.forEach(warning -> say("warning: " + warning.line()));
    }

    private void say(String line) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: " + line);
        err.flush();
    }

    private void lines(List<String> lines) {
        var out = spec.commandLine().getOut();
        lines.forEach(out::println);
        out.flush();
    }

    /**
     * A dry run as JSON.
     *
     * @param sample null: no row was changed
     */
    private record Tried(DryRun.Report plan, DryRun.@Nullable Sample sample) {}
}
