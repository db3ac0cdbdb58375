package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows migrations. */
@Command(
        name = "status",
        description = {
            "Show a migration: its state, what it waits for, and each step with what its locks have cost: requests, the time waited,",
            "and for how long the application could be held up, in all and at a time; what sessions do to its table now, such as the",
            "build of an index that goes on after Ctrl-C; whether its rows are proven now; and the checklist: [x] done, [ ] open, [?] a",
            "person's decision. Without a name, list all migrations."
        },
        footer = {"", "Example:", "  backfleet migration status split-names"})
public final class MigrationStatusCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "MIGRATION",
            description = "The migration's id or name; of several with the name, the newest.")
    private @Nullable String idOrName;

    @Override
    public ExitCode call() throws InterruptedException {
        var name = idOrName;
        try (var session = Session.open(options)) {
            var migrations = session.migrations().show();
            var now = Clock.systemUTC().instant();
            if (name == null) {
                var all = migrations.all();
                output.print(all, () -> MigrationText.list(all, now));
            } else {
                var one = session.migrations().describe().one(name);
                output.print(one, () -> MigrationText.one(one, now) + MigrationText.checklist(one));
            }
            return ExitCode.DONE;
        }
    }
}
