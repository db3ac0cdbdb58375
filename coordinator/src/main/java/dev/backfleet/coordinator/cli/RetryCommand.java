package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.operation.RetryShards.Retried;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Retries FAILED shards. */
@Command(
        name = "retry",
        description = {
            "Retry the FAILED shards of a job, each from its checkpoint; what was changed stays changed.",
            "A FAILED job becomes RUNNING again, unless a newer job uses the same name, or values of the job were put back by",
            "'backfleet undo'. To retry rows in quarantine, use 'backfleet quarantine JOB --retry'. If no shard is FAILED, it says",
            "so and exits with 0. Works even when no coordinator is running."
        },
        footer = {"", "Examples:", "  backfleet retry split-names"})
final class RetryCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final JobArgument job = new JobArgument();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.openToStore(options)) {
            var retried = session.operations().retryShards().run(session.actor(), job.idOrName());
            var out = spec.commandLine().getOut();
            out.println(words(retried));
            out.flush();
            return ExitCode.DONE;
        }
    }

    private String words(Retried retried) {
        if (retried.shards() == 0) {
            return "nothing to retry: job " + job + " is " + retried.state() + " and has no FAILED shard"
                    + (retried.quarantined() == 0
                            ? ""
                            : "; 'backfleet quarantine " + job + " --retry' retries the rows in quarantine");
        }
        var shards = HumanText.number(retried.shards()) + (retried.shards() == 1 ? " shard" : " shards");
        var hint = retried.state() == JobState.RUNNING ? "" : "; 'backfleet resume " + job + "' resumes it";
        return "retrying " + shards + " of " + job + ", which is " + retried.state() + hint;
    }
}
