package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.cutover.CutOver.Switched;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Switches reads to the new shape. */
@Command(
        name = "cutover",
        description = {
            "Switch reads to the new shape, by the flag that the application asks: the next step of the file, one tenant, or a share of",
            "all. Both shapes are still kept up, so 'rollback' takes it back at any time, with nothing lost. Each step is refused",
            "(exit code 10) unless the last reconcile is young enough and has found no wrong row; a step by share goes on without",
            "the tenants that have wrong rows, and names them. It is refused as well while a signal of the file is at its hard",
            "threshold; of a signal that cannot be judged it warns."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration cutover split-names                 the next step of the file",
            "  backfleet migration cutover split-names --tenant 42     one tenant first",
            "  backfleet migration cutover split-names --percent 100   all, whatever the steps are"
        })
public final class CutoverCommand implements Callable<ExitCode> {
    private static final int ALL = 100;

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Option(names = "--tenant", paramLabel = "T", description = "Only this tenant, whatever the share of all is.")
    private @Nullable String tenant;

    @Option(names = "--percent", paramLabel = "N", description = "Up to this share of all tenants, 1 to 100.")
    private @Nullable Integer percent;

    @Option(
            names = "--one-way",
            description = "Accept that writes in the new shape do not come to the old one: the file has no 'down'.")
    private boolean oneWay;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        if (percent != null && (tenant != null || percent < 1 || percent > ALL)) {
            throw new ParameterException(spec.commandLine(), "--percent is 1 to 100, and not together with --tenant");
        }
        try (var session = Session.openToStore(options)) {
            var request =
                    new CutoverRequest(tenant, percent == null ? OptionalInt.empty() : OptionalInt.of(percent), oneWay);
            var switched = session.migrations().cutOver(session.actor(), migration.idOrName(), request);
            output.print(switched, () -> words(switched));
            return ExitCode.DONE;
        }
    }

    private static String words(Switched switched) {
        var text = new StringBuilder(switched.name() + " " + switched.state() + ": the flag is "
                + switched.flag().words() + "\n");
        switched.heldBack().forEach((held, why) -> text.append("  tenant ")
                .append(held)
                .append(" goes on with the old shape: ")
                .append(why)
                .append('\n'));
        switched.warnings().forEach(warning -> text.append("  WARNING: ")
                .append(warning)
                .append(": while it is so, nothing takes this step back\n"));
        if (switched.step() > 0 && switched.step() < switched.steps()) {
            text.append("  step ")
                    .append(switched.step())
                    .append(" of ")
                    .append(switched.steps())
                    .append("; the next one: ")
                    .append(
                            switched.promotesItself()
                                    ? "by the coordinator, after the soak time\n"
                                    : "the same command after the soak time\n");
        }
        var last = switched.flag().heldBackAtLast();
        if (!last.isEmpty()) {
            text.append(
                            "  no step switches a tenant that is held back; when its rows are right: 'backfleet migration cutover ")
                    .append(switched.name())
                    .append(" --tenant ")
                    .append(last.get(0))
                    .append("'\n");
        }
        return text.toString();
    }
}
