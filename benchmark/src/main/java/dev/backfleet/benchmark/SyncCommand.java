package dev.backfleet.benchmark;

import dev.backfleet.benchmark.postgres.SyncTrial;
import dev.backfleet.benchmark.report.SyncReport;
import dev.backfleet.benchmark.report.SyncTime;
import dev.backfleet.benchmark.report.SyncWay;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.standalone.stack.LocalStack;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what the sync of a migration costs. */
@Command(
        name = "sync",
        description = {
            "Write rows of a table with the sync of a migration and without, one after the other, round by round: inserts, updates of",
            "other and of watched columns, a transaction each, and batches of a job. Only ratios of one run mean anything.",
            ""
        },
        footer = {"", "Examples:", "  backfleet benchmark sync --rows 50000 --rounds 5"})
final class SyncCommand implements Callable<ExitCode> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "50000",
            description = "Rows of each kind. Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        reporting.say("starting PostgreSQL and Kafka ...");
        try (var stack = LocalStack.open(server.stack(null))) {
            var trial = new SyncTrial(stack.jdbcUrl(), rows);
            for (var way : SyncWay.values()) {
                trial.measure(0, way);
            }
            var times = new ArrayList<SyncTime>();
            for (int round = 1; round <= rounds; round++) {
                for (var way : SyncWay.values()) {
                    times.add(trial.measure(round, way));
                }
                reporting.say("round " + round + " is done");
            }
            return reporting.print(output, SyncReport.of(times));
        }
    }
}
