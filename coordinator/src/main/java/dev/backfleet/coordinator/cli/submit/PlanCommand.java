package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a job would do, before it is submitted. */
@Command(
        name = "plan",
        description = {
            "Show what a job would do, and what to know before it is submitted. Stores nothing.",
            "The spec is checked as 'backfleet submit' does it; then the shards, the SQL and the findings are shown, and, on a",
            "terminal, five rows before and after, each changed in a transaction that is rolled back.",
            "Exits with 4 if a finding has the severity error, and with 2 if the spec is wrong. 'backfleet submit' refuses the same,",
            "unless --force is given."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet plan split-names.yaml",
            "  backfleet plan split-names.yaml --no-sample",
            "  backfleet plan split-names.yaml -o json | jq -r '.findings[] | select(.severity == \"error\").code'"
        })
public final class PlanCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(index = "0", paramLabel = "SPEC", description = "The spec, as YAML or JSON; - is standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String file;

    @Option(
            names = "--sample",
            description = {
                "Show the rows even if the output is no terminal, or if a function or trigger may do something that a",
                "rollback does not undo."
            })
    private boolean sample;

    @Option(names = "--no-sample", description = "Change no row, not even to roll it back.")
    private boolean noSample;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        if (sample && noSample) {
            throw new ParameterException(spec.commandLine(), "--sample and --no-sample exclude each other");
        }
        var wanted =
                sample ? PlanPrinter.Rows.ALWAYS : noSample ? PlanPrinter.Rows.NEVER : PlanPrinter.Rows.ON_A_TERMINAL;
        return new PlanPrinter(options, spec.commandLine(), output.json())
                .print(SpecSource.parsed(file, System.in), wanted);
    }
}
