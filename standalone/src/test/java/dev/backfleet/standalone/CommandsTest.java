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
        return Main.commandLine().picocli().getSubcommands().values().stream().map(command -> command.getCommandSpec());
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
        assertThat(help(command.name())).containsPattern("(?m)^Examples?:$");
        assertThat(command.usageMessage().footer())
                .anyMatch(line -> line.startsWith("  ") && line.contains("backfleet " + command.name()))
                .allSatisfy(line -> assertThatCode(() -> line.formatted())
                        .as("a percent sign is written twice")
                        .doesNotThrowAnyException());
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
        var script = run("completion");
        if (command.usageMessage().hidden()) {
            return;
        }
        assertThat(script).contains("_picocli_backfleet_" + command.name() + "()");
        for (var option : command.options()) {
            assertThat(script).contains(option.longestName());
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void a_run_makes_only_the_command_that_it_is_about(CommandSpec command) {
        // A run of one that prints something about all of them makes all.
        if (!List.of("help", "completion", "man-pages").contains(command.name())) {
            var made = Main.commandLine(command.name(), "--help").picocli().getSubcommands();
            assertThat(made).containsOnlyKeys(command.name(), "help", "completion");
            assertThat(made).hasEntrySatisfying(command.name(), one -> assertThat(one.getCommandName())
                    .isEqualTo(command.name()));
        }
        assertThat(commands().map(CommandSpec::name)).contains(command.name()).doesNotHaveDuplicates();
    }

    private static String help(String command) {
        return run(command, "--help");
    }

    private static String run(String... arguments) {
        var out = new StringWriter();
        var commands = Main.commandLine();
        commands.picocli().setOut(new PrintWriter(out, true));
        assertThat(commands.execute(arguments)).isZero();
        return out.toString();
    }
}
