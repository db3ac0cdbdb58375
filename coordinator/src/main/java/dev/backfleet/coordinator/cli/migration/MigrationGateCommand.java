package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.status.MigrationGate;
import dev.backfleet.coordinator.migration.status.MigrationGate.Purpose;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Says whether a step of a migration may be taken. */
@Command(
        name = "gate",
        description = {
            "Say whether 'cutover' or 'contract' may be done now, for a deploy pipeline. Reads no row and switches nothing, so it answers",
            "at once; works even when no coordinator and no worker is running. Exits with 0 if it may, and with 10 if not; the",
            "reasons are printed.",
            "For cutover, that is the next step of the file, or one tenant: the state, the sync, the soak time, and the last reconcile,",
            "which must be young enough and without wrong rows. For contract, every line of its report must be green."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration gate split-names --for cutover && backfleet migration cutover split-names",
            "  backfleet migration gate split-names --for cutover --tenant 42 -o json",
            "  backfleet migration gate split-names --for contract"
        })
public final class MigrationGateCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Option(
            names = "--for",
            required = true,
            paramLabel = "STEP",
            converter = PurposeConverter.class,
            description = "What is to be done: cutover or contract.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Purpose purpose;

    @Option(names = "--tenant", paramLabel = "T", description = "Only this tenant, for cutover.")
    private @Nullable String tenant;

    @Option(
            names = "--one-way",
            description = "Accept that writes in the new shape do not come to the old one: the file has no 'down'.")
    private boolean oneWay;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        if (tenant != null && purpose != Purpose.CUTOVER) {
            throw new ParameterException(
                    spec.commandLine(), "--tenant is for cutover: the old columns go for all tenants at once");
        }
        try (var session = Session.open(options)) {
            var answer = session.migrations().gate().run(migration.idOrName(), purpose, tenant, oneWay);
            output.print(answer, () -> words(answer));
            return answer.open() ? ExitCode.DONE : ExitCode.REFUSED_BY_GATE;
        }
    }

    private static String words(MigrationGate answer) {
        var text = new StringBuilder(
                (answer.open() ? "OPEN" : "CLOSED") + "  " + answer.purpose().word() + " of "
                        + answer.name() + " (id " + answer.id() + ", " + answer.state() + ")"
                        + (answer.tenant() == null ? "" : ", tenant " + answer.tenant()) + "\n");
        answer.reasons().forEach(reason -> text.append("  ").append(reason).append('\n'));
        answer.notes().forEach(note -> text.append("  note: ").append(note).append('\n'));
        return text.toString();
    }

    /** Parses what is to be done. */
    static final class PurposeConverter implements ITypeConverter<Purpose> {
        @Override
        public Purpose convert(String text) {
            return Stream.of(Purpose.values())
                    .filter(purpose -> purpose.word().equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() ->
                            new TypeConversionException("'" + text + "' is not known; write cutover or contract"));
        }
    }
}
