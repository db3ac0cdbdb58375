package dev.backfleet.benchmark;

import dev.backfleet.benchmark.postgres.PlanTrial;
import dev.backfleet.benchmark.report.PlanReport;
import dev.backfleet.benchmark.report.PlanTime;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what planning costs, as tables grow. */
@Command(
        name = "plan",
        description = {
            "Cut tables of several sizes into shards: into the same number of shards, and into shards of the same size.",
            "The cost follows the shards, not the rows.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  backfleet benchmark plan",
            "  backfleet benchmark plan --rows-list 1000000,4000000 --npm npm-package-names.txt.gz"
        })
final class PlanCommand implements Callable<ExitCode> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows-list",
            paramLabel = "N",
            split = ",",
            defaultValue = "500000,1000000,2000000,4500000",
            description = "The tables' sizes. Default: ${DEFAULT-VALUE}.")
    private List<Long> sizes = List.of();

    @Option(names = "--shards", paramLabel = "N", defaultValue = "40", description = "Default: ${DEFAULT-VALUE}.")
    private int shards;

    @Option(
            names = "--npm",
            paramLabel = "FILE",
            description = "Plan a table of package names, too: a gzipped file with one on each line.")
    private @Nullable Path names;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        try (var postgres = PostgresServer.open(server.postgres());
                var trial = PlanTrial.open(postgres.createDatabase("planning"))) {
            var planned = new ArrayList<PlanTime>();
            for (long rows : sizes) {
                reporting.say("planning " + rows + " rows ...");
                planned.addAll(trial.customers(rows, shards));
            }
            if (names != null) {
                reporting.say("loading " + names + " ...");
                planned.addAll(trial.packages(names));
            }
            return reporting.print(output, PlanReport.of(planned));
        }
    }
}
