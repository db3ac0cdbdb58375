package dev.backfleet.benchmark;

import dev.backfleet.benchmark.postgres.Customers;
import dev.backfleet.benchmark.report.Way;
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

/** Compares ways to change every row of a table on this machine. */
@Command(
        name = "backfleet benchmark",
        subcommands = {
            PlanCommand.class,
            ReconcileCommand.class,
            SyncCommand.class,
            MigrationCommand.class,
            LiveCommand.class,
            BloatCommand.class,
            CliCommand.class
        },
        description = {
            "Change every row of the same table in several ways, one after the other, round by round, on embedded",
            "PostgreSQL and Kafka. The table is restored before each. Only ratios of one run mean anything.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  backfleet benchmark --rows 2000000 --rounds 5",
            "  backfleet benchmark --ways range_loops,two_workers --rounds 5 --assert",
            "  backfleet benchmark plan",
            "  backfleet benchmark reconcile",
            "  backfleet benchmark sync",
            "  backfleet benchmark migration",
            "  backfleet benchmark live",
            "  backfleet benchmark bloat",
            "  backfleet benchmark cli"
        })
final class BenchmarkCommand implements Callable<ExitCode> {
    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "4000000",
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
            description = "The ways to measure: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<Way> ways = List.of(Way.values());

    @Option(
            names = "--null-loop-seconds",
            paramLabel = "N",
            defaultValue = "20",
            description = "When to end the loop over IS NULL, which would take minutes. Default: ${DEFAULT-VALUE}.")
    private int nullLoopSeconds;

    @Option(
            names = "--cold",
            description = "Measure a fleet that has never worked before: its first job pays the start.")
    private boolean cold;

    @Option(names = "--logs", paramLabel = "DIR", description = "Keep the logs of coordinators and workers there.")
    private @Nullable Path logs;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        reporting.say("starting PostgreSQL and Kafka ...");
        try (var stack = LocalStack.open(server.stack(logs))) {
            reporting.say("making " + rows + " rows ...");
            var customers = Customers.create(stack.jdbcUrl(), rows);
            var contest = new Contest(
                    stack,
                    customers,
                    new Contest.Conditions(Duration.ofSeconds(nullLoopSeconds), cold),
                    reporting::say);
            for (int round = 1; round <= rounds; round++) {
                for (var way : ways) {
                    contest.measure(way, round);
                }
            }
            return reporting.print(output, contest.report(rounds));
        }
    }
}
