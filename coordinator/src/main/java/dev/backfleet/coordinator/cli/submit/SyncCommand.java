package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the triggers that keep the copies of a job as the rows are. */
@Command(
        name = "sync",
        description = {
            "Print the SQL script with the triggers that keep the copies of a job as its rows are, whoever writes the rows: make them before",
            "the job runs. Of a job with 'into' only. The command changes nothing itself; run the script as the owner of the table."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet sync split-shipments.yaml | psql -v ON_ERROR_STOP=1 app",
            "  backfleet sync split-shipments.yaml --drop | psql -v ON_ERROR_STOP=1 app"
        })
public final class SyncCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(
            index = "0",
            paramLabel = "SPEC",
            description = "The spec of the job, as YAML or JSON; - is standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String file;

    @Option(names = "--drop", description = "Instead, print the script that removes the triggers; the copies stay.")
    private boolean drop;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var parsed = SpecSource.parsed(file, System.in);
        try (var session = Session.open(options)) {
            var script = session.operations().copySync().run(parsed);
            var out = spec.commandLine().getOut();
            if (output.json()) {
                out.print(JsonOutput.render(script));
            } else {
                (drop ? script.removing() : script.making()).forEach(out::println);
            }
            out.flush();
            return ExitCode.DONE;
        }
    }
}
