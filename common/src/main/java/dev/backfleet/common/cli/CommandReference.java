package dev.backfleet.common.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Generates the command reference page from the command definitions. */
public final class CommandReference {

    private static final String HEAD = """
            # Commands

            <!-- Made from the commands by: mvn -pl common,standalone -am test -Dbackfleet.regenerate=true -->

            `backfleet COMMAND --help` prints the same. Data goes to standard output, messages go to standard error; the page
            [exit codes](exit-codes.md) lists how a command can end. Colours are left out if the output is no terminal or `NO_COLOR` is
            set. The flags for settings are in [settings](settings.md).

            | command | does |
            |---|---|
            """;

    /** Flags that are no settings themselves. */
    private static final Set<String> NAME_SETTINGS = Set.of("--settings", "--context");

    private final CommandSpec root;

    private CommandReference(CommandSpec root) {
        this.root = root;
    }

    public static String page(CommandLine root) {
        return new CommandReference(root.getCommandSpec()).page();
    }

    private String page() {
        var commands = commands();
        var rows = commands.stream().map(command -> "| [`%s`](#%s) | %s |\n"
                .formatted(
                        name(command),
                        name(command).replace(' ', '-'),
                        description(command).get(0)));
        var sections = commands.stream().map(this::section);
        return Stream.concat(rows, Stream.concat(sections, Stream.of(everywhere())))
                .collect(Collectors.joining("", HEAD, ""));
    }

    private List<CommandSpec> commands() {
        return below(root).toList();
    }

    /** Each command, followed by its own commands. */
    private static Stream<CommandSpec> below(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(one -> !one.usageMessage().hidden())
                .distinct()
                .flatMap(one -> Stream.concat(Stream.of(one), below(one)));
    }

    /** As it is written after the program: {@code migration apply}. */
    private String name(CommandSpec command) {
        return command.qualifiedName(" ").substring(root.name().length() + 1);
    }

    private String section(CommandSpec command) {
        var text = new StringBuilder("\n## " + name(command) + "\n\n");
        text.append(String.join("\n", description(command))).append("\n\n");
        text.append("    ").append(synopsis(command)).append("\n");
        var arguments = new ArrayList<ArgSpec>(command.positionalParameters());
        arguments.addAll(ownOptions(command));
        if (!arguments.isEmpty()) {
            text.append("\n| argument | meaning |\n|---|---|\n");
            arguments.forEach(argument -> text.append(row(argument)));
        }
        var settings = specialSettings(command);
        if (!settings.isEmpty()) {
            text.append("\nSettings of its own: ").append(settings).append(".\n");
        }
        return text.append(examples(command)).toString();
    }

    private String everywhere() {
        var global = root.options().stream().map(CommandReference::row).collect(Collectors.joining());
        return """

            ## Flags of every command

            | argument | meaning |
            |---|---|
            %s
            Every command that connects also takes %s, `--settings FILE` and `--context NAME`.
            """.formatted(global, connection());
    }

    /** The connection settings that all commands share, from the first command that has any. */
    private String connection() {
        return commands().stream()
                .flatMap(command -> last(command.argGroups()))
                .findFirst()
                .map(group ->
                        flags(group.options().stream().filter(option -> !NAME_SETTINGS.contains(option.longestName()))))
                .orElse("no flags");
    }

    /** The connection group comes last; settings that only this command reads come before it. */
    private static String specialSettings(CommandSpec command) {
        var groups = command.argGroups();
        return flags(groups.stream().limit(Math.max(0, groups.size() - 1)).flatMap(group -> group.options().stream()));
    }

    private static Stream<ArgGroupSpec> last(List<ArgGroupSpec> groups) {
        return groups.stream().skip(Math.max(0, groups.size() - 1));
    }

    private static String flags(Stream<OptionSpec> options) {
        return options.map(option -> "`" + option.longestName() + "`").collect(Collectors.joining(", "));
    }

    private List<OptionSpec> ownOptions(CommandSpec command) {
        return command.options().stream()
                .filter(option -> option.group() == null && !option.hidden())
                .filter(option -> root.findOption(option.longestName()) == null)
                .toList();
    }

    private String synopsis(CommandSpec command) {
        var words = new ArrayList<>(List.of(root.name(), name(command)));
        if (!command.subcommands().isEmpty()) {
            words.add("COMMAND");
        }
        ownOptions(command)
                .forEach(option -> words.add(
                        option.required()
                                ? option.longestName() + value(option)
                                : "[" + option.longestName() + value(option) + "]"));
        command.positionalParameters()
                .forEach(parameter -> words.add(
                        parameter.arity().min() == 0 ? "[" + parameter.paramLabel() + "]" : parameter.paramLabel()));
        return String.join(" ", words);
    }

    private static String row(ArgSpec argument) {
        var names = argument instanceof OptionSpec option
                ? Stream.of(option.names())
                        .map(name -> "`" + name + (name.startsWith("--") ? value(option) : "") + "`")
                        .collect(Collectors.joining(", "))
                : "`" + argument.paramLabel() + "`";
        var description = plain(List.of(argument.description()));
        return "| " + names + " | " + String.join(" ", description).replace("|", "\\|") + " |\n";
    }

    private static String value(OptionSpec option) {
        return option.arity().max() == 0 ? "" : " " + option.paramLabel();
    }

    private static String examples(CommandSpec command) {
        var lines = plain(List.of(command.usageMessage().footer())).stream()
                .filter(line -> line.startsWith(" "))
                .collect(Collectors.joining("\n"));
        return lines.isEmpty() ? "" : "\n```\n" + lines.stripIndent() + "\n```\n";
    }

    private static List<String> description(CommandSpec command) {
        return plain(List.of(command.usageMessage().description()));
    }

    /** Picocli formats its texts before it prints them. */
    private static List<String> plain(Collection<String> lines) {
        return lines.stream()
                .map(line -> line.replace("%n", "\n").replace("%%", "%"))
                .toList();
    }
}
