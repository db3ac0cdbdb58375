package dev.backfleet.coordinator.cli.environment;

import dev.backfleet.common.cli.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page of a command, for {@code man}: what its help says. */
final class ManPage {
    private final CommandSpec command;
    private final String name;
    private final StringBuilder text = new StringBuilder();

    private ManPage(CommandSpec command) {
        this.command = command;
        this.name = command.qualifiedName("-");
    }

    /** The page as the source that {@code man} formats. */
    static String of(CommandSpec command) {
        return new ManPage(command).page();
    }

    private String page() {
        var description = lines(command.usageMessage().description());
        text.append(".TH \"%s\" \"1\" \"\" \"%s\" \"Backfleet\"\n"
                .formatted(name.toUpperCase(Locale.ROOT), Version.number()));
        section("NAME", List.of(name + " - " + description.get(0)));
        text.append(".SH SYNOPSIS\n.nf\n");
        var help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
        plain(lines(help.synopsis(0)));
        text.append(".fi\n");
        section("DESCRIPTION", description);
        arguments();
        subcommands();
        examples();
        section(
                "SEE ALSO",
                List.of("The documents in the folder docs of the distribution: settings, exit codes, operations."));
        return text.toString();
    }

    private void arguments() {
        var arguments = new ArrayList<ArgSpec>(command.positionalParameters());
        command.options().stream().filter(option -> !option.hidden()).forEach(arguments::add);
        if (!arguments.isEmpty()) {
            text.append(".SH OPTIONS\n");
        }
        for (var argument : arguments) {
            text.append(".TP\n\\fB").append(escaped(names(argument))).append("\\fR\n");
            plain(lines(argument.description()));
        }
    }

    private static String names(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? String.join(", ", option.names()) + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
                : argument.paramLabel();
    }

    private void subcommands() {
        var visible = visible(command);
        if (!visible.isEmpty()) {
            text.append(".SH COMMANDS\n");
        }
        for (var subcommand : visible) {
            text.append(".TP\n\\fB")
                    .append(escaped(subcommand.qualifiedName("-")))
                    .append("\\fR(1)\n");
            plain(lines(subcommand.usageMessage().description()).subList(0, 1));
        }
    }

    /** The commands of a command that its help lists. */
    static List<CommandSpec> visible(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(subcommand -> !subcommand.usageMessage().hidden())
                .distinct()
                .toList();
    }

    private void examples() {
        var lines = lines(command.usageMessage().footer()).stream()
                .filter(line -> line.startsWith(" "))
                .map(String::strip)
                .toList();
        if (!lines.isEmpty()) {
            text.append(".SH EXAMPLES\n.nf\n");
            plain(lines);
            text.append(".fi\n");
        }
    }

    private void section(String heading, List<String> lines) {
        text.append(".SH ").append(heading).append('\n');
        plain(lines);
    }

    private void plain(List<String> lines) {
        lines.forEach(line -> text.append(escaped(line)).append('\n'));
    }

    // A line that begins with a dot or a quote would be a request; a hyphen would become a typographic one.
    private static String escaped(String line) {
        var plain = line.replace("\\", "\\e").replace("-", "\\-");
        return plain.startsWith(".") || plain.startsWith("'") ? "\\&" + plain : plain;
    }

    private static List<String> lines(String... texts) {
        return Stream.of(texts)
                .map(text -> text.replace("%n", "\n").replace("%%", "%"))
                .flatMap(String::lines)
                .filter(line -> !line.isBlank())
                .collect(Collectors.toList());
    }
}
