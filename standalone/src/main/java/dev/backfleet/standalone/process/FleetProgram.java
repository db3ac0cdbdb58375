package dev.backfleet.standalone.process;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.cli.session.SpecFailureTranslator;
import dev.backfleet.worker.WorkerCommand;

/** What the coordinators and workers of a stack run: the command line without the commands that start a stack. */
public final class FleetProgram {
    private FleetProgram() {}

    /** Runs a command, and ends with the process that started this one. */
    public static void main(String[] arguments) {
        ParentWatch.beginIfAsked();
        var commands = BackfleetCommandLine.create(
                Backfleet.subcommands().with("worker", WorkerCommand::new).of(new Backfleet(), arguments),
                new CommitWaitFailures(),
                new ConnectionFailures(),
                new KafkaFailureTranslator(),
                new SpecFailureTranslator());
        System.exit(commands.execute(arguments));
    }
}
