package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.backfleet.common.cli.CommandReference;
import dev.backfleet.common.reference.GeneratedPage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Holds every command to the same standard: help that explains, with examples, and a page of the documents. */
class CommandsTest {

    static Stream<CommandSpec> commands() {
        return below(Main.commandLine().picocli().getCommandSpec());
    }

    private static Stream<CommandSpec> below(CommandSpec command) {
        return command.subcommands().values().stream()
                .map(one -> one.getCommandSpec())
                .flatMap(one -> Stream.concat(Stream.of(one), below(one)));
    }

    /** The words that call it: {@code migration}, {@code apply}. */
    private static List<String> words(CommandSpec command) {
        var words = List.of(command.qualifiedName(" ").split(" ", -1));
        return words.subList(1, words.size());
    }

    @Test
    void the_page_of_the_commands_is_current() {
        GeneratedPage.assertCurrent(
                "docs/reference/cli.md",
                CommandReference.page(Main.commandLine().picocli()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_command_says_what_it_does(CommandSpec command) {
        assertThat(String.join("", command.usageMessage().description())).endsWith(".");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_help_of_a_command_ends_with_examples_of_it(CommandSpec command) {
        assertThat(help(command)).containsPattern("(?m)^Examples?:$");
        assertThat(command.usageMessage().footer())
                .anyMatch(
                        line -> line.startsWith("  ") && line.contains("backfleet " + String.join(" ", words(command))))
                .allSatisfy(line -> assertThatCode(() -> line.formatted())
                        .as("a percent sign is written twice")
                        .doesNotThrowAnyException());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_synopsis_shows_what_a_command_does_not_work_without(CommandSpec command) {
        var synopsis = help(command).lines().takeWhile(line -> line.startsWith("Usage:") || line.startsWith(" "));
        var shown = String.join(" ", synopsis.map(String::strip).toList());
        assertThat(command.options().stream()
                        .filter(option -> option.required() && !option.hidden() && option.group() == null))
                .allSatisfy(
                        option -> assertThat(shown).contains(" " + option.longestName() + "=" + option.paramLabel()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_option_and_parameter_is_described(CommandSpec command) {
        assertThat(command.options())
                .filteredOn(option -> String.join("", option.description()).isBlank())
                .extracting(OptionSpec::longestName)
                .isEmpty();
        assertThat(command.positionalParameters())
                .filteredOn(
                        parameter -> String.join("", parameter.description()).isBlank())
                .extracting(PositionalParamSpec::paramLabel)
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void the_completion_script_knows_every_command_with_its_options(CommandSpec command) {
        if (command.usageMessage().hidden()) {
            return;
        }
        assertThat(Script.TEXT).contains("_picocli_backfleet_" + String.join("_", words(command)) + "()");
        for (var option : command.options()) {
            assertThat(Script.TEXT).contains(option.longestName());
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_run_makes_only_the_command_that_it_is_about(CommandSpec command) {
        // A run of one that prints something about all of them makes all.
        if (!List.of("help", "completion", "man-pages").contains(command.name())) {
            var first = words(command).get(0);
            var made = Main.commandLine(first, "--help").picocli().getSubcommands();
            assertThat(made).containsOnlyKeys(first, "help", "completion");
            assertThat(made).hasEntrySatisfying(first, one -> assertThat(one.getCommandName())
                    .isEqualTo(first));
        }
    }

    @Test
    void no_two_commands_have_a_name() {
        assertThat(commands().map(CommandSpec::qualifiedName)).doesNotHaveDuplicates();
    }

    private static String help(CommandSpec command) {
        return run(Stream.concat(words(command).stream(), Stream.of("--help")).toArray(String[]::new));
    }

    private static String run(String... arguments) {
        var out = new StringWriter();
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out, true));
        assertThat(commands.execute(arguments)).isZero();
        return out.toString();
    }

    /** Made once: it is about all commands. */
    private static final class Script {
        private static final String TEXT = run("completion");
    }
}
