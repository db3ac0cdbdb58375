package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.cutover.RollBack.RolledBack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes reads back to the old shape. */
@Command(
        name = "rollback",
        description = {
            "Take reads back to the old shape, all of them or those of one tenant. The old shape was kept up all the time. One row",
            "changes: true at once for those who ask in SQL, within a second for the provider in Java; works without coordinator",
            "and Kafka. Asks no question."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration rollback split-names --reason 'errors in checkout'",
            "  backfleet migration rollback split-names --tenant 42 --reason 'ticket 4711'"
        })
public final class RollbackCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Option(names = "--tenant", paramLabel = "T", description = "Only this tenant.")
    private @Nullable String tenant;

    @Option(names = "--reason", paramLabel = "WHY", required = true, description = "Why; for the status and the audit.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.openToStore(options)) {
            var done = session.migrations().rollBack(session.actor(), migration.idOrName(), tenant, reason);
            output.print(done, () -> words(done));
            return ExitCode.DONE;
        }
    }

    private static String words(RolledBack done) {
        var text =
                new StringBuilder(done.name() + ": the flag is " + done.flag().words() + "\n");
        if (done.readers().isEmpty()) {
            return text.append(
                            "  no instance of an application has reported what it reads: those who ask in SQL see it now, others"
                                    + " when they ask next\n")
                    .toString();
        }
        var behind = done.readers().stream()
                .filter(reader -> reader.version() < done.flag().version())
                .count();
        return text.append("  instances that have reported: ")
                .append(done.readers().size())
                .append(", of which ")
                .append(behind)
                .append(" have not seen this change yet\n")
                .toString();
    }
}
