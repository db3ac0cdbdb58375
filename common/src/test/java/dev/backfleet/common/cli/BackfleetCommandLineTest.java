package dev.backfleet.common.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.cli.output.OutputOption;
import dev.backfleet.common.cli.output.TextTable;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.telemetry.Logging;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs small commands through the whole command line: flags, messages, exit codes. */
class BackfleetCommandLineTest {

    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** The root of the commands under test. */
    @Command(
            name = "backfleet",
            subcommands = {Show.class, Serve.class, Fail.class})
    static final class Root {}

    /** A command that reads settings and prints data. */
    @Command(name = "show", description = "Shows a thing.")
    static final class Show implements Callable<ExitCode> {
        @Mixin
        private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

        @Mixin
        private final OutputOption output = new OutputOption();

        @Spec
        @SuppressWarnings("NullAway.Init") // Picocli sets it.
        private CommandSpec spec;

        @Parameters(arity = "0..1", defaultValue = "thing")
        private String thing = "";

        @Override
        public ExitCode call() {
            var prefix = options.settings().get(SettingCatalogue.TOPIC_PREFIX);
            var table = new TextTable(TextTable.left("THING"), TextTable.left("PREFIX")).row(thing, prefix);
            var text = output.json() ? JsonOutput.render(Map.of("thing", thing)) : table.render();
            spec.commandLine().getOut().print(text);
            return ExitCode.DONE;
        }
    }

    /** A service with settings of its own. */
    @Command(name = "worker")
    static final class Serve implements Callable<Integer> {
        @Mixin
        private final SettingsOptions options = SettingsOptions.of(Part.WORKER);

        @Spec
        @SuppressWarnings("NullAway.Init") // Picocli sets it.
        private CommandSpec spec;

        @Override
        public Integer call() {
            spec.commandLine().getOut().println(options.settings().get(SettingCatalogue.WORKER_SLOTS));
            return 0;
        }
    }

    /** A command that goes wrong by request. */
    @Command(name = "fail")
    static final class Fail implements Callable<ExitCode> {
        @Mixin
        private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

        @Option(names = "--code")
        private ExitCode code = ExitCode.DONE;

        @Option(names = "--with")
        private String kind = "";

        @Override
        public ExitCode call() throws Exception {
            options.settings();
            switch (kind) {
                case "command" -> throw new CommandException(ExitCode.NOT_FOUND, "no job 7: see backfleet jobs");
                case "wrapped" ->
                    throw new IllegalStateException(
                            "outer", new CommandException(ExitCode.CONFLICT, "job 7 is running"));
                case "settings" -> throw new SettingsException("flag --x: \"y\" is not z");
                case "interrupt" -> throw new InterruptedException();
                case "bug" -> throw new IllegalStateException("a\nb");
                case "error" -> throw new StackOverflowError();
                case "library" -> throw new UnsupportedOperationException("known to a translator");
                default -> {
                    return code;
                }
            }
        }
    }

    @AfterEach
    void log_as_before() {
        Logging.forCommand(false);
    }

    private int run(String... arguments) {
        FailureTranslator translator = (failure, settings) -> failure instanceof UnsupportedOperationException
                ? Optional.of(new ExplainedFailure(
                        ExplainedFailure.Kind.UNUSABLE,
                        "no way to " + settings.orElseThrow().get(SettingCatalogue.TOPIC_PREFIX),
                        null))
                : Optional.empty();
        var commands = BackfleetCommandLine.create(new Root(), environment, translator);
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @ParameterizedTest
    @EnumSource(ExitCode.class)
    void what_a_command_returns_is_the_exit_code(ExitCode code) {
        assertThat(run("fail", "--code", code.name())).isEqualTo(code.code());
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        command   | 5   | backfleet: no job 7: see backfleet jobs
        wrapped   | 6   | backfleet: job 7 is running
        settings  | 2   | backfleet: flag --x: "y" is not z
        interrupt | 130 | backfleet: interrupted
        bug       | 70  | backfleet: internal error: java.lang.IllegalStateException: a; run with --verbose to see where, and report it
        error     | 70  | backfleet: internal error: java.lang.StackOverflowError; run with --verbose to see where, and report it
        library   | 3   | backfleet: no way to backfleet
        """)
    void a_failure_is_one_line_and_an_exit_code(String kind, int code, String line) {
        assertThat(run("fail", "--with", kind)).isEqualTo(code);
        assertThat(err.toString()).isEqualToNormalizingNewlines(line + "\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void verbose_shows_the_stack_trace_before_or_after_the_command() {
        assertThat(run("--verbose", "fail", "--with", "bug")).isEqualTo(70);
        assertThat(run("fail", "--with", "bug", "--verbose")).isEqualTo(70);

        assertThat(err.toString().lines().filter(line -> line.startsWith("\tat dev.backfleet")))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(err.toString())
                .startsWith("backfleet: internal error: java.lang.IllegalStateException: a; please report it");
    }

    @Test
    void help_shows_that_of_the_command_that_it_names() {
        assertThat(run("help", "show")).isZero();
        assertThat(out.toString()).startsWith("Usage: backfleet show");
        assertThat(run("help", "shwo")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        shwo                    | there is no command shwo~Did you mean show?~See 'backfleet --help'.
        help shwo               | there is no command shwo~Did you mean show?~See 'backfleet --help'.
        show a b                | the argument b is one too many~See 'backfleet show --help'.
        show --topic-prefx=ssh  | there is no option --topic-prefx~Did you mean --topic-prefix?~See 'backfleet show --help'.
        show -o xml             | Invalid value for option '--output': 'xml' is not table or json~See 'backfleet show --help'.
        fail --with             | Missing required parameter for option '--with' (<kind>)~See 'backfleet fail --help'.
        """)
    void a_wrong_command_line_names_the_help(String arguments, String message) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isEqualToNormalizingNewlines("backfleet: " + message.replace("~", "\n") + "\n");
    }

    @Test
    void settings_come_by_flag_and_environment() {
        environment.put("BACKFLEET_TOPIC_PREFIX", "from-environment");
        run("show");
        run("show", "--topic-prefix", "from-flag");

        assertThat(out.toString()).isEqualToNormalizingNewlines("""
                        THING  PREFIX
                        thing  from-environment
                        THING  PREFIX
                        thing  from-flag
                        """);
    }

    @Test
    void a_setting_has_a_short_flag_too() {
        run("worker", "--slots", "2");
        run("worker", "--worker-slots=3");

        assertThat(out.toString().lines()).containsExactly("2", "3");
    }

    @Test
    void a_flag_that_the_part_does_not_read_is_rejected() {
        assertThat(run("show", "--worker-slots=3")).isEqualTo(2);
    }

    @Test
    void without_a_command_there_is_the_list_of_commands_on_standard_error() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("Usage: backfleet [OPTIONS] [COMMAND]")
                .contains("Shows a thing.");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_value_that_starts_with_an_at_sign_is_a_value() {
        run("show", "@/etc/hostname");

        assertThat(out.toString()).contains("@/etc/hostname");
    }

    @Test
    void json_by_request() {
        run("show", "-o", "json");

        assertThat(out.toString()).isEqualToNormalizingNewlines("{\n  \"thing\": \"thing\"\n}\n");
    }

    @Test
    void a_bad_settings_file_is_a_usage_error_before_the_command_runs() {
        assertThat(run("show", "--settings", "/no/where")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("backfleet: the settings file /no/where cannot be read: check that it"
                        + " exists, is UTF-8 and may be read\n");
    }

    @Test
    void a_misspelt_variable_is_a_warning() {
        environment.put("BACKFLEET_TOPIC_PREFX", "x");

        assertThat(run("show")).isZero();
        assertThat(err.toString())
                .isEqualToNormalizingNewlines("backfleet: warning: environment variable BACKFLEET_TOPIC_PREFX is not a"
                        + " setting; did you mean BACKFLEET_TOPIC_PREFIX?\n");
    }

    @Test
    void help_has_the_flags_of_the_part_under_headings_and_no_colour_without_a_terminal() {
        assertThat(run("worker", "--help")).isZero();

        assertThat(out.toString())
                .containsSubsequence("Settings of the worker:", "--worker-slots", "Connection", "--database-url=URL")
                .doesNotContain("\u001b", "--coordinator-lease");
    }

    @Test
    void help_is_coloured_on_a_terminal_unless_the_person_does_not_want_it() {
        environment.put("BACKFLEET_TERMINAL", "100x30");
        run("show", "--help");
        assertThat(out.toString()).contains("\u001b[");

        out.getBuffer().setLength(0);
        environment.put("NO_COLOR", "1");
        run("show", "--help");
        assertThat(out.toString()).contains("Shows a thing.").doesNotContain("\u001b");
    }

    @Test
    void help_and_version_need_no_good_settings() {
        environment.put("BACKFLEET_SETTINGS", "/no/where");

        assertThat(run("show", "--help")).isZero();
        assertThat(run("--version")).isZero();
        assertThat(out.toString().lines().toList()).last().asString().matches("backfleet [0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    @Test
    void the_shell_can_complete_commands_and_flags() {
        assertThat(run("completion")).isZero();
        assertThat(out.toString()).contains("--kafka-bootstrap-servers", "complete -F");

        out.getBuffer().setLength(0);
        run("completion", "--help");
        assertThat(out.toString()).startsWith("Usage: backfleet completion [OPTIONS]");
        assertThat(out.toString()).contains("source <(backfleet completion)");
        assertThat(List.of(err.toString())).containsExactly("");
    }

    @Test
    void no_two_exit_codes_are_the_same() {
        assertThat(ExitCode.values()).extracting(ExitCode::code).doesNotHaveDuplicates();
    }
}
