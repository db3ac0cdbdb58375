package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.Version;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.telemetry.LoggedService;
import dev.backfleet.common.trace.Cause;
import dev.backfleet.common.trace.TraceAttribute;
import dev.backfleet.common.trace.TracedWork;
import dev.backfleet.common.trace.Tracing;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.watch.WatchLoop;
import dev.backfleet.coordinator.operation.Intake.How;
import dev.backfleet.coordinator.operation.SubmitJob.Submitted;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.coordinator.query.ShowStatus;
import java.time.Duration;
import java.util.concurrent.Callable;
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
            "Warnings go to standard error; with -o json, all findings are in the output. A finding of severity error refuses the",
            "spec with exit code 4, unless --force is given.",
            "A name of which a job has SUCCEEDED is refused with exit code 10, unless --again is given. A name of which a",
            "job FAILED or was cancelled can be submitted again; one of an unfinished job cannot.",
            "It waits for the control schema, which the first coordinator creates."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet submit split-names.yaml",
            "  backfleet submit split-names.yaml --watch",
            "  backfleet submit split-names.yaml --dry-run   as 'backfleet plan': show what it would do",
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

    @Option(names = "--dry-run", description = "Store no job: do what 'backfleet plan SPEC' does.")
    private boolean dryRun;

    @Option(names = "--paused", description = "Plan the job, but change no row before 'backfleet resume JOB'.")
    private boolean paused;

    @Option(names = "--again", description = "Run it although a job of that name has SUCCEEDED.")
    private boolean again;

    @Option(
            names = "--force",
            description = {
                "Store it in spite of findings of severity error. They are audited, and shown by 'backfleet status'."
            })
    private boolean force;

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
        return dryRun
                ? new PlanPrinter(options, spec.commandLine(), output.json())
                        .print(parsed, PlanPrinter.Rows.ON_A_TERMINAL)
                : submit(parsed);
    }

    private ExitCode submit(ParsedSpec parsed) throws InterruptedException {
        var settings = options.settings();
        if (migrate) {
            PoolerCheck.refuse(DatabaseSettings.from(settings));
            ControlSchema.migrate(DatabaseSettings.from(settings), options.startWait());
        }
        try (var tracing = Tracing.open(options.environment(), LoggedService.command(Version.number()));
                var session = Session.openToStore(options, LOCKS)) {
            var submitted = stored(session, parsed, tracing);
            SubmitText.findings(submitted.findings()).forEach(this::say);
            if (SpecQueryRights.atRisk(parsed, settings)) {
                say(SpecQueryRights.WARNING);
            }
            if (!watch) {
                say(SubmitText.stored(submitted));
            }
            // Standard output has only the id, or JSON, for scripts.
            output.print(submitted, () -> submitted.id() + "\n");
            return watch ? watch(session.operations().status(), submitted.id()) : ExitCode.DONE;
        }
    }

    private Submitted stored(Session session, ParsedSpec parsed, Tracing tracing) {
        // A pipeline names its own span in this variable.
        var cause = Cause.parent(options.environment().get("TRACEPARENT"));
        var span = tracing.begin(TracedWork.SUBMIT, cause)
                .tell(TraceAttribute.JOB_NAME, parsed.spec().name());
        try {
            var how = new How(paused, again, force, span.traceparent().orElse(null));
            var submitted = session.operations().submit().run(session.actor(), parsed, how);
            span.tell(TraceAttribute.JOB, submitted.id());
            return submitted;
        } catch (RuntimeException e) {
            span.failed(e.getClass().getSimpleName());
            throw e;
        } finally {
            span.end();
        }
    }

    private ExitCode watch(ShowStatus status, long job) throws InterruptedException {
        var line = spec.commandLine();
        return WatchLoop.of(status::run, options.environment()).watch(status.run(job), line.getOut(), line.getErr());
    }

    private void refuseContradictions() {
        if (dryRun && (watch || migrate)) {
            throw new ParameterException(
                    spec.commandLine(), "--dry-run stores no job: leave out " + (watch ? "--watch" : "--migrate"));
        }
        if (watch && output.json()) {
            throw new ParameterException(
                    spec.commandLine(), "--watch and -o json exclude each other: 'backfleet watch' follows the job");
        }
    }

    private void say(String line) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: " + line);
        err.flush();
    }
}
