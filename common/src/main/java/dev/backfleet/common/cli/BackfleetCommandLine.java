package dev.backfleet.common.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.telemetry.Logging;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line: commands with their flags, help, messages and exit codes. */
public final class BackfleetCommandLine {

    private static final int NARROWEST = 60;
    private static final int WIDEST = 110;

    private final CommandLine commands;
    private final GlobalOptions options = new GlobalOptions();
    private final ErrorReport errors;
    private final Map<String, String> environment;

    private BackfleetCommandLine(Object root, List<FailureTranslator> translators, Map<String, String> environment) {
        this.environment = environment;
        this.errors = new ErrorReport(translators, options);
        this.commands = new CommandLine(root);
        commands.addSubcommand("help", help());
        commands.addSubcommand("completion", new CompletionCommand());
        install(commands);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        // A password or a name may start with an @.
        commands.setExpandAtFiles(false);
        commands.setOut(writer(System.out));
        commands.setErr(writer(System.err));
        commands.setColorScheme(
                CommandLine.Help.defaultColorScheme(TerminalInfo.wantsColour(environment) ? Ansi.ON : Ansi.OFF));
        var columns = TerminalInfo.from(environment).columns();
        commands.setUsageHelpWidth(Math.max(NARROWEST, Math.min(WIDEST, columns)));
        commands.setParameterExceptionHandler(errors);
        commands.setExecutionExceptionHandler(errors);
        commands.setExecutionStrategy(this::run);
    }

    /**
     * The command line of a root command with its subcommands.
     *
     * @param root an object of a class with picocli's {@code @Command}
     * @param translators turn exceptions of libraries into messages
     */
    public static BackfleetCommandLine create(Object root, FailureTranslator... translators) {
        return create(root, System.getenv(), translators);
    }

    /** The same, with the given environment. */
    public static BackfleetCommandLine create(
            Object root, Map<String, String> environment, FailureTranslator... translators) {
        return new BackfleetCommandLine(root, List.of(translators), environment);
    }

    /** Runs the command that the arguments name, and returns the process's exit code. */
    // Errors are caught too: otherwise the JVM would exit with 1, which means that a job failed.
    public int execute(String... arguments) {
        try {
            return commands.execute(arguments);
        } catch (Throwable failure) {
            return errors.report(commands.getErr(), failure, Optional.empty());
        } finally {
            commands.getOut().flush();
            commands.getErr().flush();
        }
    }

    /** Picocli's object, to redirect output or to inspect the commands. */
    public CommandLine picocli() {
        return commands;
    }

    private void install(CommandLine command) {
        var spec = command.getCommandSpec();
        options.install(spec);
        spec.versionProvider(new Version());
        spec.usageMessage().abbreviateSynopsis(true);
        showRequiredOptions(spec);
        GlobalOptions.settingsOptions(spec).ifPresent(settings -> settings.install(spec, environment));
        // Two names (aliases) of one command are one object.
        command.getSubcommands().values().stream().distinct().forEach(this::install);
    }

    // The abbreviated synopsis has all options in brackets, also those that a command does not work without.
    private static void showRequiredOptions(CommandSpec spec) {
        var required = spec.options().stream()
                .filter(option -> option.required() && !option.hidden() && option.group() == null)
                .map(option -> option.longestName() + "=" + option.paramLabel())
                .toList();
        if (!required.isEmpty()) {
            var arguments = spec.positionalParameters().stream()
                    .map(argument ->
                            argument.arity().min() == 0 ? "[" + argument.paramLabel() + "]" : argument.paramLabel());
            spec.usageMessage()
                    .customSynopsis(
                            Stream.of(Stream.of(spec.qualifiedName(" "), "[OPTIONS]"), required.stream(), arguments)
                                    .flatMap(parts -> parts)
                                    .collect(Collectors.joining(" ")));
        }
    }

    private int run(ParseResult parsed) {
        var command = innermost(parsed).commandSpec();
        if (!helpIsAsked(parsed) && onlyHoldsCommands(command)) {
            command.commandLine().usage(command.commandLine().getErr());
            return ExitCode.USAGE.code();
        }
        Logging.forCommand(options.verbose());
        warn(parsed);
        var code = new RunLast().execute(parsed);
        var result = command.commandLine().getExecutionResult();
        return result instanceof ExitCode meant ? meant.code() : code;
    }

    /** Warns of a misspelt environment variable, which would otherwise be ignored silently. */
    private void warn(ParseResult parsed) {
        var innermost = innermost(parsed);
        var command = innermost.commandSpec();
        if (helpIsAsked(parsed)) {
            return;
        }
        GlobalOptions.settingsOptions(command).ifPresent(settings -> {
            var err = command.commandLine().getErr();
            try {
                settings.settings().warnings().forEach(warning -> err.println("backfleet: warning: " + warning));
                err.flush();
            } catch (SettingsException e) {
                throw new CommandLine.ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
            }
        });
    }

    private static boolean helpIsAsked(ParseResult parsed) {
        return parsed.isUsageHelpRequested()
                || parsed.isVersionHelpRequested()
                || (parsed.hasSubcommand() && helpIsAsked(parsed.subcommand()));
    }

    private static boolean onlyHoldsCommands(CommandSpec command) {
        var object = command.userObject();
        return !(object instanceof Runnable) && !(object instanceof Callable);
    }

    /** Without a locale Java writes question marks for what is not ASCII, while terminals and files are UTF-8. */
    private static PrintWriter writer(PrintStream stream) {
        var charset = Charset.defaultCharset();
        return new PrintWriter(stream, true, charset.equals(US_ASCII) ? UTF_8 : charset);
    }

    /** The command that runs, of the chain of commands that were named. */
    static ParseResult innermost(ParseResult parsed) {
        return parsed.hasSubcommand() ? innermost(parsed.subcommand()) : parsed;
    }

    private static CommandLine help() {
        var help = new CommandLine(new HelpCommand());
        help.getCommandSpec()
                .usageMessage()
                .description("Show the help of a command.")
                .footer("", "Example:", "  backfleet help submit");
        return help;
    }
}
