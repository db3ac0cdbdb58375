package dev.backfleet.common.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints the script that completes commands, flags and the names of jobs. */
@Command(
        name = "completion",
        description = {
            "Print a script that completes commands, flags and the names of jobs in bash and zsh.",
            "Names of jobs come from the database that the settings name, or those on the line (--context, --settings,",
            "--database-url); there are none if it does not answer within two seconds."
        },
        footer = {"", "Example:", "  source <(backfleet completion)"})
final class CompletionCommand implements Runnable {
    private static final String JOB = "JOB";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        var root = spec.root().commandLine();
        var out = spec.commandLine().getOut();
        out.print(AutoComplete.bash(spec.root().name(), root));
        out.print(jobNames().replace("@COMMANDS@", commandsWithJob(root)).replace("@FLAGS@", flagsWithoutValue(root)));
        out.flush();
    }

    // The patterns of the script's case statements.
    private static String commandsWithJob(CommandLine root) {
        return root.getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> command.positionalParameters().stream()
                        .anyMatch(parameter -> parameter.paramLabel().equals(JOB)))
                .map(CommandSpec::name)
                .distinct()
                .collect(Collectors.joining("|"));
    }

    private static String flagsWithoutValue(CommandLine root) {
        return root.getSubcommands().values().stream()
                .flatMap(command -> command.getCommandSpec().options().stream())
                .filter(option -> option.arity().max() == 0)
                .map(OptionSpec::names)
                .flatMap(java.util.Arrays::stream)
                .distinct()
                .sorted()
                .collect(Collectors.joining("|"));
    }

    private static String jobNames() {
        try (var script =
                Objects.requireNonNull(CompletionCommand.class.getResourceAsStream("complete-job-names.bash"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the class path has a damaged complete-job-names.bash", e);
        }
    }
}
