package dev.backfleet.coordinator.cli.environment;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.context.Contexts;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the contexts. */
@Command(
        name = "contexts",
        description = {
            "List the contexts: the fleets that a person works with, each a named set of settings, without passwords.",
            "They are in ~/.config/backfleet/contexts.yaml. The star marks the context that a command uses now; the settings",
            "reference says which that is. No server is asked."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet contexts",
            "  backfleet contexts --context production",
            "  backfleet contexts -o json"
        })
public final class ContextsCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public ExitCode call() {
        var contexts = Contexts.of(options.environment());
        var used = options.settings().context();
        var lines = contexts.names().stream()
                .map(name -> ContextLine.of(contexts, name, used))
                .toList();
        output.print(lines, () -> lines.isEmpty() ? none(contexts) : table(lines));
        return ExitCode.DONE;
    }

    private static String none(Contexts contexts) {
        return contexts.file()
                        .map(file -> "no context is defined: " + file + " has the contexts of this user")
                        .orElse("no context is defined, since neither HOME nor XDG_CONFIG_HOME is set")
                + "\n";
    }

    private static String table(List<ContextLine> lines) {
        var table = new TextTable(
                TextTable.left(""),
                TextTable.left("NAME"),
                TextTable.left("DATABASE"),
                TextTable.left("USER"),
                TextTable.left("KAFKA"),
                TextTable.left("TOPICS"));
        lines.forEach(line -> table.row(
                line.used() ? "*" : "",
                line.name() + (line.isDefault() ? " (default)" : ""),
                line.problem() == null ? line.database() : line.problem(),
                line.user(),
                line.kafka(),
                line.topicPrefix()));
        return table.render();
    }
}
