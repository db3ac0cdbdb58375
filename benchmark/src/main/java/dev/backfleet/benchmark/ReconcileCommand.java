package dev.backfleet.benchmark;

import dev.backfleet.benchmark.fleet.MeasuredFleet;
import dev.backfleet.benchmark.postgres.Customers;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.ReconcileTrial;
import dev.backfleet.benchmark.report.ReconcileReport;
import dev.backfleet.benchmark.report.ReconcileTime;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.standalone.stack.LocalStack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what a reconcile costs. */
@Command(
        name = "reconcile",
        description = {
            "Compare every row of a table by a fleet with two slots and without a limit, and by a sequential scan with the same",
            "expressions in two sessions, one after the other, round by round. Only ratios of one run mean anything.",
            ""
        },
        footer = {"", "Examples:", "  backfleet benchmark reconcile --rows 2000000 --rounds 5"})
final class ReconcileCommand implements Callable<ExitCode> {
    private static final int WRONG = 500;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "2000000",
            description = "Rows. Default: ${DEFAULT-VALUE}.")
    private long rows;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "Rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--logs", paramLabel = "DIR", description = "Keep the logs of coordinator and worker there.")
    private @Nullable Path logs;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        reporting.say("starting PostgreSQL and Kafka ...");
        try (var stack = LocalStack.open(server.stack(logs));
                var fleet = MeasuredFleet.start(stack, "reconcile", 1)) {
            var run = new FleetRun(stack.jdbcUrl(), Sleeper.system());
            run.awaitWorkers(fleet.ids());
            run.warmUp();
            reporting.say("making " + rows + " rows ...");
            Customers.create(stack.jdbcUrl(), rows).restore();
            var trial = new ReconcileTrial(stack.jdbcUrl(), Sleeper.system());
            trial.prepare(WRONG);
            var times = new ArrayList<ReconcileTime>();
            for (int round = 1; round <= rounds; round++) {
                times.add(trial.measure(round, WRONG));
                reporting.say("round " + round + " is done");
            }
            return reporting.print(output, ReconcileReport.of(times));
        }
    }
}
