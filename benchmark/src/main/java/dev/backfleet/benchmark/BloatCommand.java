package dev.backfleet.benchmark;

import dev.backfleet.benchmark.bloat.BloatReport;
import dev.backfleet.benchmark.bloat.BloatRun;
import dev.backfleet.benchmark.bloat.BloatWay;
import dev.backfleet.benchmark.fleet.MeasuredFleet;
import dev.backfleet.benchmark.postgres.FleetRun;
import dev.backfleet.benchmark.postgres.bloat.BloatTrial;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.standalone.stack.LocalStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how far table and indexes grow while every row is changed. */
@Command(
        name = "bloat",
        description = {
            "Change every row of a table with further indexes in several ways, one after the other, round by round, and measure how far",
            "table and indexes grow. The table is restored before each. Only ratios of one run mean anything.",
            ""
        },
        footer = {"", "Examples:", "  backfleet benchmark bloat --rows 2000000 --rounds 3 --assert"})
final class BloatCommand implements Callable<ExitCode> {
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
            defaultValue = "3",
            description = "Rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--indexes",
            paramLabel = "N",
            defaultValue = "4",
            description = "Indexes beside the key's, 0 to 4. Default: ${DEFAULT-VALUE}.")
    private int indexes;

    @Option(names = "--autovacuum", description = "With autovacuum on, as often as it can.")
    private boolean autovacuum;

    @Option(
            names = "--ways",
            paramLabel = "WAY",
            split = ",",
            description = "The ways to measure: ${COMPLETION-CANDIDATES}. Default: all but those of 8 and 16 passes.")
    private List<BloatWay> ways = BloatWay.COMPARED;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        if (indexes < 0 || indexes > BloatTrial.MOST_INDEXES) {
            throw new ExplainedFailure(
                    Kind.INVALID,
                    "--indexes " + indexes + ": the table has 0 to " + BloatTrial.MOST_INDEXES + " further indexes",
                    null);
        }
        reporting.say("starting PostgreSQL and Kafka ...");
        var options = server.stack(null);
        var stacked = autovacuum ? options.with(options.postgres().with("autovacuum_naptime", "1s")) : options;
        try (var stack = LocalStack.open(stacked)) {
            var trial = new BloatTrial(stack.jdbcUrl(), rows, indexes, autovacuum);
            var runs = new ArrayList<BloatRun>();
            for (int round = 1; round <= rounds; round++) {
                for (var way : ways) {
                    var run = trial.measure(way, round, fleet(stack, way, round));
                    runs.add(run);
                    reporting.say(String.format(
                            Locale.ROOT, "round %d: %s: %,.0f rows/s", round, way.words(), run.rowsPerSecond()));
                }
            }
            return reporting.print(output, BloatReport.of(runs, indexes));
        }
    }

    private static Callable<MeasuredFleet> fleet(LocalStack stack, BloatWay way, int round) {
        return () -> {
            var fleet = MeasuredFleet.start(stack, way.name().toLowerCase(Locale.ROOT) + "-" + round, 1);
            var run = new FleetRun(stack.jdbcUrl(), Sleeper.system());
            run.awaitWorkers(fleet.ids());
            run.warmUp();
            return fleet;
        };
    }
}
