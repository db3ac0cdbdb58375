package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "Show what a job would do, and what to know before it is submitted. Stores no job.",
            "The spec is checked as 'backfleet submit' does it; then the shards, the SQL and the findings are shown, and, on a",
            "terminal, five rows before and after, each changed in a transaction that is rolled back.",
            "Of a table of 10,000 rows and more, some batches are measured, and rolled back as well: speed, write-ahead log, HOT",
            "updates; from that follows what the whole job will take.",
            "Exits with 4 if a finding has the severity error, and with 2 if the spec is wrong. 'backfleet submit' refuses the same,",
            "unless --force is given.",
            "--rehearse runs the whole job on servers of its own: the table is copied without its rows, and rows are made or read from",
            "a file. Exits with 9 if rows were rejected, and with 1 if the job did not succeed."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet plan split-names.yaml",
            "  backfleet plan split-names.yaml --no-sample",
            "  backfleet plan split-names.yaml --rehearse --rows-from odd-names.csv",
            "  backfleet plan split-names.yaml -o json | jq -r '.findings[] | select(.severity == \"error\").code'"
        })
public final class PlanCommand implements Callable<ExitCode> {
    private static final int MADE_ROWS = 1_000;
    private static final int MOST_ROWS = 1_000_000;

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

    @Option(names = "--no-sample", description = "Change no row, not even to roll it back: measure nothing.")
    private boolean noSample;

    @Option(names = "--rehearse", description = "Run the whole job on a copy of the table without its rows.")
    private boolean rehearse;

    @Option(
            names = "--rows",
            paramLabel = "N",
            description = "With --rehearse: how many rows are made, from 1 to 1000000. Default: 1000.")
    private @Nullable Integer rows;

    @Option(
            names = "--rows-from",
            paramLabel = "FILE",
            description =
                    "With --rehearse: a CSV file that has the rows, with the names of the columns in its first line.")
    private @Nullable Path rowsFrom;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    private final Rehearsal rehearsal;

    /** Without servers for a rehearsal. */
    public PlanCommand() {
        this(request -> {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--rehearse needs the embedded servers, which this program does not have: use the launcher ./backfleet");
        });
    }

    /** With a rehearsal. */
    public PlanCommand(Rehearsal rehearsal) {
        this.rehearsal = rehearsal;
    }

    @Override
    public ExitCode call() throws Exception {
        refuseContradictions();
        if (rehearse) {
            return rehearsal.run(new Rehearsal.Request(
                    options,
                    SpecSource.parsed(file, System.in),
                    rows == null ? MADE_ROWS : rows,
                    rowsFrom,
                    output.json(),
                    spec.commandLine().getOut(),
                    spec.commandLine().getErr()));
        }
        var wanted =
                sample ? PlanPrinter.Rows.ALWAYS : noSample ? PlanPrinter.Rows.NEVER : PlanPrinter.Rows.ON_A_TERMINAL;
        return new PlanPrinter(options, spec.commandLine(), output.json())
                .print(SpecSource.parsed(file, System.in), wanted);
    }

    private void refuseContradictions() {
        if (sample && noSample) {
            throw new ParameterException(spec.commandLine(), "--sample and --no-sample exclude each other");
        }
        if (rehearse && (sample || noSample)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--rehearse changes no row of the database: leave out --sample and --no-sample");
        }
        if (!rehearse && (rows != null || rowsFrom != null)) {
            throw new ParameterException(spec.commandLine(), "--rows and --rows-from belong to --rehearse");
        }
        if (rows != null && rowsFrom != null) {
            throw new ParameterException(spec.commandLine(), "--rows and --rows-from exclude each other");
        }
        if (rows != null && (rows < 1 || rows > MOST_ROWS)) {
            throw new ParameterException(
                    spec.commandLine(), "--rows " + rows + ": give a number from 1 to " + MOST_ROWS);
        }
    }
}
