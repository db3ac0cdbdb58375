package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.ddl.TableWork;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.status.MigrationDetail;
import dev.backfleet.coordinator.migration.status.MigrationStatus;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Follows a migration. */
@Command(
        name = "watch",
        description = {
            "Follow a migration that an 'apply' elsewhere takes on, or a cutover that the coordinator watches: print its status whenever",
            "something has changed, until the next step is a person's. Ctrl-C ends the command only."
        },
        footer = {"", "Example:", "  backfleet migration watch split-names"})
public final class MigrationWatchCommand implements Callable<ExitCode> {
    private static final Duration LOOK = Duration.ofSeconds(1);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final MigrationArgument migration = new MigrationArgument();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        var out = spec.commandLine().getOut();
        try (var session = Session.open(options)) {
            var show = session.migrations().describe();
            MigrationDetail before = null;
            while (true) {
                var now = show.one(migration.idOrName());
                if (before == null
                        || !now.migration()
                                .withoutFigures()
                                .equals(before.migration().withoutFigures())) {
                    print(out, now, before);
                } else if (!work(now).equals(work(before))) {
                    work(now).forEach(words -> out.println("  now: " + words));
                    out.flush();
                }
                before = now;
                if (isPersons(now.migration())) {
                    return ExitCode.DONE;
                }
                Thread.sleep(LOOK.toMillis());
            }
        }
    }

    // What comes after READY is a person's decision, unless the coordinator takes steps, or may take them back.
    private static boolean isPersons(MigrationStatus migration) {
        return migration.state().compareTo(MigrationState.READY) >= 0
                && !(migration.state() == MigrationState.CUTTING && migration.watch() != null);
    }

    private static List<String> work(MigrationDetail detail) {
        return detail.work().stream().map(TableWork::words).toList();
    }

    private static void print(PrintWriter out, MigrationDetail now, @Nullable MigrationDetail before) {
        if (before != null) {
            out.println();
        }
        out.print(MigrationText.one(now, Clock.systemUTC().instant()));
        out.flush();
    }
}
