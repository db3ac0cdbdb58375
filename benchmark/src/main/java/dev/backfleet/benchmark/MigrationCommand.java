package dev.backfleet.benchmark;

import dev.backfleet.benchmark.postgres.migration.MigrationTrial;
import dev.backfleet.benchmark.postgres.migration.MigrationTrial.Load;
import dev.backfleet.benchmark.report.MigrationReport;
import dev.backfleet.benchmark.report.MigrationTime;
import dev.backfleet.benchmark.report.MigrationWay;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.standalone.stack.LocalStack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what an application's users feel of the steps of a migration. */
@Command(
        name = "migration",
        description = {
            "Run an application at a steady rate, with reports that are open for seconds, beside the steps of a migration: columns, sync,",
            "index, NOT NULL; once as 'migration apply' makes them, once as plain statements. A transaction's latency is measured from",
            "its scheduled time. Only ratios of one run mean anything.",
            ""
        },
        footer = {"", "Examples:", "  backfleet benchmark migration --rows 1000000 --rounds 3 --assert"})
final class MigrationCommand implements Callable<ExitCode> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Rows. Default: ${DEFAULT-VALUE}.")
    private long rows;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--transactions-per-second",
            paramLabel = "N",
            defaultValue = "200",
            description = "What the application does. Default: ${DEFAULT-VALUE}.")
    private double transactionsPerSecond;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "8",
            description = "The application's connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "20",
            description =
                    "For how long the application is measured alone, before each change. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        reporting.say("starting PostgreSQL and Kafka ...");
        try (var stack = LocalStack.open(server.stack(null))) {
            var load = new Load(transactionsPerSecond, connections, Duration.ofSeconds(seconds));
            var trial = new MigrationTrial(stack.jdbcUrl(), rows, load);
            var times = new ArrayList<MigrationTime>();
            for (int round = 1; round <= rounds; round++) {
                for (var way : MigrationWay.values()) {
                    times.add(trial.measure(way, round));
                    reporting.say("round " + round + ", " + way.words() + ": done");
                }
            }
            return reporting.print(output, MigrationReport.of(times));
        }
    }
}
