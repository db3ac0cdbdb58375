package dev.backfleet.coordinator.cli.reconcile;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.AgeConverter;
import dev.backfleet.coordinator.cli.session.JobArgument;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether the new shape of a job's rows may be relied on. */
@Command(
        name = "gate",
        description = {
            "Say whether the new shape of a job's rows may be relied on, for a deploy pipeline: by the last reconcile that has",
            "finished, and by the quarantine as it is now. Reads no row, so it answers at once. Works even when no coordinator",
            "and no worker is running. Exits with 0 if the verdict is SAFE, and with 10 if it is DRIFT or INCOMPLETE.",
            "Rows and tenants that came after that reconcile are not in its verdict: --max-age bounds that time."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet gate split-names --max-age 1h && ./switch-reads.sh",
            "  backfleet gate split-names --tenant 42 -o json"
        })
public final class GateCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final JobArgument job = new JobArgument();

    @Option(names = "--tenant", paramLabel = "T", description = "Only the rows of this tenant.")
    private @Nullable String tenant;

    @Option(
            names = "--max-age",
            paramLabel = "AGE",
            converter = AgeConverter.class,
            description = "How long ago the reconcile may have ended, such as 1h or 2d; without it, any time.")
    private @Nullable Duration maxAge;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var answer = session.operations().gate().run(job.idOrName(), tenant, Optional.ofNullable(maxAge));
            var out = spec.commandLine().getOut();
            if (output.json()) {
                out.print(JsonOutput.render(answer));
            } else {
                VerdictText.of(answer).forEach(out::println);
            }
            out.flush();
            return answer.verdict() == GateVerdict.SAFE ? ExitCode.DONE : ExitCode.REFUSED_BY_GATE;
        }
    }
}
