package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.cli.migration.contract.RemoveFlagCommand;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Shows all flags. */
@Command(
        name = "flags",
        subcommands = RemoveFlagCommand.class,
        description = {
            "Show which tenants read the new shape: the flags of all migrations. The format flagd is a file for flagd: tenants by",
            "name are exact, and a percentage has the same share of tenants, but not the same tenants."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration flags",
            "  backfleet migration flags -o flagd > flags.json   also at /flags.json of a coordinator"
        })
public final class FlagsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = FlagFormat.Converter.class,
            description = "What to print: table, json or flagd. Default: ${DEFAULT-VALUE}.")
    private FlagFormat format = FlagFormat.TABLE;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var flags = session.migrations().flags();
            var out = command.commandLine().getOut();
            switch (format) {
                case TABLE -> out.print(table(flags.all(), Clock.systemUTC().instant()));
                case JSON -> out.print(JsonOutput.render(flags.all()));
                case FLAGD -> out.print(JsonOutput.render(flags.flagd()));
            }
            out.flush();
            return ExitCode.DONE;
        }
    }

    /** All flags as a table. */
    static String table(List<FlagState> flags, Instant now) {
        if (flags.isEmpty()) {
            return "no migration has a flag yet; 'backfleet migration apply' makes it when the migration is SYNCED\n";
        }
        var table = new TextTable(
                TextTable.left("FLAG"),
                TextTable.left("READS THE NEW SHAPE"),
                TextTable.left("CHANGED"),
                TextTable.left("BY"),
                TextTable.right("VERSION"),
                TextTable.left("REASON"));
        flags.forEach(flag -> table.row(
                flag.name(),
                flag.words(),
                HumanTime.ago(flag.changedAt(), now),
                flag.changedBy(),
                flag.version(),
                flag.reason()));
        return table.render();
    }

    /** The output formats. */
    enum FlagFormat {
        TABLE,
        JSON,
        FLAGD;

        /** Parses the name of a format. */
        static final class Converter implements ITypeConverter<FlagFormat> {
            @Override
            public FlagFormat convert(String text) {
                return Stream.of(values())
                        .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(text))
                        .findFirst()
                        .orElseThrow(() ->
                                new TypeConversionException("'" + text + "' is not known; write table, json or flagd"));
            }
        }
    }
}
