package dev.backfleet.coordinator.cli.inspect;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.cli.text.ShardTable;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the shards of a job. */
@Command(
        name = "shards",
        description = {
            "List the shards of a job by number, a page at a time: state, range, checkpoint, rows, worker and last error.",
            "A range is (FROM, TO]; CURSOR is the key up to which it is done. Keys are shown as PostgreSQL writes them.",
            "PASS is shown if the job walks over each shard several times; CURSOR is then that of this pass.",
            "While the job runs, a shard may be divided: what is left of a straggler, and the rows of a paused tenant, become",
            "shards with numbers after the last one, so that their number is more than a dry run has said."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet shards split-names --state failed",
            "  backfleet shards split-names --state running",
            "  backfleet shards split-names --bucket 42",
            "  backfleet shards split-names --after 1000 --limit 1000 -o json"
        })
public final class ShardsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = {
                "Only shards in this state: ${COMPLETION-CANDIDATES}.",
                "With PENDING and DONE, a page checks at most 2,000 shards, and prints where to continue."
            })
    private @Nullable ShardState state;

    @Option(
            names = "--bucket",
            paramLabel = "N",
            description = {
                "Only shards of this bucket of the map that 'backfleet status JOB' shows: neighbours in the key space, and",
                "what was split from them."
            })
    private @Nullable Integer bucket;

    @Option(
            names = "--after",
            paramLabel = "NUMBER",
            defaultValue = "0",
            description = "Begin after this shard: the last one of the previous page.")
    private int after;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many shards, up to 1000. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var page = session.operations()
                    .shards()
                    .run(job.idOrName(), Optional.ofNullable(state), Optional.ofNullable(bucket), after, limit);
            output.print(page, () -> ShardTable.of(page, state, after));
            if (page.next() != null) {
                output.remark("more: --after " + page.next());
            }
            return ExitCode.DONE;
        }
    }
}
