package dev.backfleet.benchmark;

import dev.backfleet.benchmark.commands.CommandReport;
import dev.backfleet.benchmark.commands.Launcher;
import dev.backfleet.benchmark.commands.MeasuredCommand;
import dev.backfleet.benchmark.commands.Timings;
import dev.backfleet.benchmark.postgres.Customers;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.nio.file.Files;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long commands take, from Enter to exit, beside a running job. */
@Command(
        name = "cli",
        description = {
            "Start commands as a person would, round by round, beside a job that runs, and java -version in each round.",
            "The median of java -version says how fast the machine is at this moment.",
            ""
        },
        footer = {"", "Examples:", "  backfleet benchmark cli", "  backfleet benchmark cli --rounds 30 --assert"})
final class CliCommand implements Callable<ExitCode> {
    // Slow enough to last for all rounds.
    private static final String SPEC = """
            name: beside
            table: public.customers
            set: { first_name: "nullif(split_part(full_name, ' ', 1), '')" }
            rate: { rows-per-second: 500 }
            throttle: none
            """;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "How often each command is started. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Rows of the job's table. Default: ${DEFAULT-VALUE}.")
    private long rows;

    @Mixin
    private final Reporting reporting = new Reporting();

    @Override
    public ExitCode call() throws Exception {
        reporting.say("starting PostgreSQL, Kafka, a coordinator and a worker ...");
        try (var stack = LocalStack.open(StackOptions.temporary())) {
            stack.startCoordinator();
            stack.awaitReady();
            stack.startWorker();
            stack.awaitReady();
            reporting.say("making " + rows + " rows ...");
            Customers.create(stack.jdbcUrl(), rows).restore();
            var launcher = Launcher.ofThisProcess(stack.flags());
            var file = Files.writeString(stack.logs().resolve("beside.yaml"), SPEC);
            launcher.run("submit", file.toString());
            return reporting.print(output, measure(launcher));
        }
    }

    private CommandReport measure(Launcher launcher) throws Exception {
        var timings = new Timings();
        for (var round = 1; round <= rounds; round++) {
            reporting.say("round " + round + " of " + rounds);
            for (var command : MeasuredCommand.values()) {
                timings.add(command, command.measure(launcher, "beside"));
            }
        }
        return CommandReport.of(timings);
    }
}
