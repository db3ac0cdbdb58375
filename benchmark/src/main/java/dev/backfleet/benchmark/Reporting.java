package dev.backfleet.benchmark;

import dev.backfleet.benchmark.report.Report;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.output.OutputOption;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a measurement reports, as a mixin: its progress on standard error, its figures on standard output. */
final class Reporting {
    @Option(names = "--assert", description = "Exit with 1 if a bar is missed.")
    private boolean asserting;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** Prints the figures; the exit code says whether the bars are met, if that was asked for. */
    ExitCode print(OutputOption output, Report report) {
        output.print(report, report::render);
        return asserting && !report.met() ? ExitCode.JOB_FAILED : ExitCode.DONE;
    }

    /** Tells what is done now. */
    void say(String message) {
        var err = command.commandLine().getErr();
        err.println("backfleet: " + message);
        err.flush();
    }
}
