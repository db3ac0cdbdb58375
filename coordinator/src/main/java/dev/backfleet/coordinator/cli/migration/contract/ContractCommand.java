package dev.backfleet.coordinator.cli.migration.contract;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.cli.migration.ApplyPrinter;
import dev.backfleet.coordinator.cli.migration.MigrationArgument;
import dev.backfleet.coordinator.cli.session.Confirmation;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.contract.ContractReport;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Request;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Ends a migration: reports, renames, drops. */
@Command(
        name = "contract",
        description = {
            "End a migration whose reads are all switched: report what still needs the old columns, rename them, and drop them later.",
            "Without an option it reports only, and lets the sync note from then on who writes the old shape alone. Each line of the",
            "report is proven, evidence, or cannot be known; the last needs a person's word (--i-have-deployed), which counts for one step.",
            "--rename and --drop are refused (exit code 10) unless each line is green at that moment. What was done before is",
            "not done again: exit code 0.",
            "With --watch, the command looks at the signals of cutover.abort and at the transactions that are rolled back, for a",
            "minute before the renaming and for TIME after it. One that is at its hard threshold in two looks in a row gives the old",
            "columns their names back (exit code 12). One that cannot be read takes nothing back. After TIME it ends with 0."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration contract split-names                                      the report",
            "  backfleet migration contract split-names --rename --i-have-deployed 4.2       whoever still names them gets an error",
            "  backfleet migration contract split-names --rename --watch 30m --i-have-deployed 4.2   and back by itself at a bad signal",
            "  backfleet migration contract split-names --undo                               gives them their names back",
            "  backfleet migration contract split-names --drop --i-have-deployed 4.3         for ever"
        })
public final class ContractCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Option(names = "--rename", description = "Rename the old columns. The sync goes on, so nothing is lost by --undo.")
    private boolean rename;

    @Option(
            names = "--watch",
            paramLabel = "TIME",
            converter = WatchTimeConverter.class,
            description =
                    "Stay for this long after the renaming, 10s to 7d, and take it back when a signal speaks against it.")
    private @Nullable Duration watch;

    @Option(names = "--drop", description = "Drop the old columns and the sync. Nothing takes this back.")
    private boolean drop;

    @Option(names = "--undo", description = "Give renamed columns their names back.")
    private boolean undo;

    @Option(
            names = "--i-have-deployed",
            paramLabel = "VERSION",
            description =
                    "Say that this version of the application, which does not use the old columns, is deployed everywhere.")
    private @Nullable String deployed;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var line = spec.commandLine();
        if (Stream.of(rename, drop, undo).filter(chosen -> chosen).count() > 1) {
            throw new ParameterException(line, "--rename, --drop and --undo exclude each other");
        }
        if (undo && deployed != null) {
            throw new ParameterException(line, "--i-have-deployed says nothing for --undo: leave it out");
        }
        if (watch != null && !rename) {
            throw new ParameterException(
                    line,
                    "--watch looks at a renaming: write --rename --watch TIME, also if the columns are renamed already");
        }
        var printer = new ApplyPrinter(output.json() ? line.getErr() : line.getOut());
        try (var session = Session.openToStore(options)) {
            var report = run(session, printer);
            output.print(report, () -> ContractText.of(report));
            return code(report);
        }
    }

    private static ExitCode code(ContractReport report) {
        var watched = report.watch();
        if (watched != null) {
            return switch (watched.end()) {
                case CALM -> ExitCode.DONE;
                case TAKEN_BACK -> ExitCode.TAKEN_BACK;
                case INTERRUPTED -> ExitCode.INTERRUPTED;
            };
        }
        return report.green() ? ExitCode.DONE : ExitCode.REFUSED_BY_GATE;
    }

    private ContractReport run(Session session, ApplyPrinter printer) throws InterruptedException {
        var actor = session.actor();
        var contract = session.migrations().ending().contract(actor);
        var name = migration.idOrName();
        if (!rename && !drop && !undo) {
            return deployed == null
                    ? contract.report(actor, name, null, printer)
                    : contract.say(actor, name, deployed, printer);
        }
        if (undo) {
            return contract.undo(actor, name, printer);
        }
        var before = contract.report(actor, name, deployed, printer);
        var isDone = before.state() == (drop ? MigrationState.CONTRACTED : MigrationState.RENAMED);
        if (before.green() && !isDone) {
            var columns = String.join(", ", before.columns());
            if (drop) {
                confirmation.requireTyped(
                        options,
                        spec,
                        "drop " + columns + " of " + before.name() + " for ever, with " + gone(before),
                        before.name());
            } else {
                confirmation.require(
                        options, spec, "rename " + columns + ": whoever still reads or writes them gets an error");
            }
        }
        if (drop) {
            return contract.drop(actor, name, deployed, printer);
        }
        return watch == null
                ? contract.rename(actor, name, deployed, printer)
                : session.migrations()
                        .ending()
                        .renameWatched(new Request(actor, name, deployed, watch), where(), new WatchScreen(printer));
    }

    private DatabaseSettings where() {
        return DatabaseSettings.from(options.settings());
    }

    private static String gone(ContractReport report) {
        return report.alongside().isEmpty() ? "what is in them" : String.join(", ", report.alongside());
    }
}
