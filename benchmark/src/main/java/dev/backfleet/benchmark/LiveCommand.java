package dev.backfleet.benchmark;

import dev.backfleet.benchmark.live.LiveWay;
import dev.backfleet.benchmark.postgres.Application;
import dev.backfleet.benchmark.postgres.Customers;
import dev.backfleet.benchmark.postgres.LiveTable;
import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.standalone.stack.LocalStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what an application's users feel of a backfill. */
@Command(
        name = "live",
        description = {
            "Run an application at a steady rate beside several ways to change every row, one after the other. It",
            "reads and writes rows by key, half of them evenly spread, half where the backfill works at that moment. A",
            "transaction's latency is measured from its scheduled time, so that it includes the wait behind other transactions.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  backfleet benchmark live --rounds 5",
            "  backfleet benchmark live --ways full_speed --batch-duration 20ms --assert"
        })
final class LiveCommand implements Callable<ExitCode> {
    private static final int SHORTEST_WINDOW_MS = 500;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "4500000",
            description = "Rows. Default: ${DEFAULT-VALUE}.")
    private long rows;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--ways",
            paramLabel = "WAY",
            split = ",",
            description = "Beside what: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<LiveWay> ways = List.of(LiveWay.values());

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "45",
            description =
                    "For how long each way is measured, if it does not end before; a single UPDATE always runs to its end. "
                            + "Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--window-ms",
            paramLabel = "N",
            defaultValue = "1500",
            description = "Length in milliseconds of each running and each paused phase of a Backfleet job. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--transactions-per-second",
            paramLabel = "N",
            defaultValue = "400",
            description = "What the application does. Default: ${DEFAULT-VALUE}.")
    private double transactionsPerSecond;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "16",
            description = "The application's connections. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "20000",
            description = "The rows per second of the fixed rate. Default: ${DEFAULT-VALUE}.")
    private long rate;

    @Option(
            names = "--settling",
            paramLabel = "N",
            defaultValue = "30",
            description =
                    "Seconds for which a throttled job runs before it is measured. " + "Default: ${DEFAULT-VALUE}.")
    private int settling;

    @Option(
            names = "--batch-duration",
            paramLabel = "DURATION",
            description = "Target duration of Backfleet's batches. Default: ${DEFAULT-VALUE}.")
    private String batchDuration = "10ms";

    @Option(
            names = "--batch-max-rows",
            paramLabel = "N",
            defaultValue = "250",
            description = "How many rows Backfleet's batches have at most. Default: ${DEFAULT-VALUE}.")
    private int batchMaxRows;

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many of the fleet's two slots jobs use. On two processors, one leaves the other to the "
                    + "application. Default: ${DEFAULT-VALUE}.")
    private int slots;

    @Option(names = "--logs", paramLabel = "DIR", description = "Keep the logs of coordinators and workers there.")
    private @Nullable Path logs;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        if (window < SHORTEST_WINDOW_MS) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--window-ms: a p99 of less than " + SHORTEST_WINDOW_MS + " ms means nothing; 1500 is the default");
        }
        reporting.say("starting PostgreSQL and Kafka ...");
        try (var stack = LocalStack.open(server.stack(logs))) {
            reporting.say("making " + rows + " rows ...");
            var table = new LiveTable(stack.jdbcUrl(), Customers.create(stack.jdbcUrl(), rows));
            table.readyLog();
            var load = new Application.Load(transactionsPerSecond, connections);
            var conditions = new LiveContest.Conditions(
                    Duration.ofSeconds(seconds),
                    Duration.ofMillis(window),
                    Duration.ofSeconds(settling),
                    load,
                    rate,
                    batch(),
                    slots);
            var contest = new LiveContest(stack, table, conditions, reporting::say);
            for (int round = 1; round <= rounds; round++) {
                for (var way : ways) {
                    contest.measure(way, round);
                }
            }
            return reporting.print(output, contest.report(rounds));
        }
    }

    private String batch() {
        return "batch: { duration: " + batchDuration + ", max-rows: " + batchMaxRows + " }\nconcurrency: " + slots
                + "\n";
    }
}
