package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.postgres.PostgresRollouts;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.WaveStatus;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins the next wave of a job. */
@Command(
        name = "promote",
        description = {
            "Begin the next wave of a job's rollout. The wave before must be done, its shards DONE or FAILED.",
            "It is written down who said so. Works while no coordinator runs."
        },
        footer = {"", "Examples:", "  backfleet promote split-names", "  backfleet promote split-names --early"})
final class PromoteCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--early",
            description = "Do not wait for the wave before: its open shards go on beside the next one's.")
    private boolean early;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var status = session.snapshot(session.job(job.idOrName())).job();
            var wave = wave(status);
            var begun = new PostgresRollouts(session.database())
                    .promote(status.id(), wave.number(), early, Session.who())
                    .orElseThrow(() ->
                            conflict("the state of " + job + " changed meanwhile; see 'backfleet status " + job + "'"));
            var out = spec.commandLine().getOut();
            out.println("wave " + begun.number() + " of " + wave.of() + " of " + job + " begins");
            out.flush();
            return ExitCode.DONE;
        }
    }

    private WaveStatus wave(JobStatus status) {
        var wave = Optional.ofNullable(status.wave())
                .orElseThrow(() -> conflict(job + " has no rollout: all its shards may be worked on"));
        if (status.finishedAt() != null) {
            throw conflict(job + " is " + status.state());
        }
        if (wave.endsRollout()) {
            throw conflict(job + " is in its last wave, " + wave.number() + " of " + wave.of());
        }
        if (wave.openShards() > 0 && !early) {
            throw conflict("wave " + wave.number() + " of " + wave.of() + " is not done: "
                    + HumanText.number(wave.openShards())
                    + " shards are open; --early begins the next one beside them");
        }
        return wave;
    }

    private static CommandException conflict(String message) {
        return new CommandException(ExitCode.CONFLICT, message);
    }
}
