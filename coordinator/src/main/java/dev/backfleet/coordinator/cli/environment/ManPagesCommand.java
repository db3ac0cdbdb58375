package dev.backfleet.coordinator.cli.environment;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the manual pages of all commands, for the distribution. */
@Command(
        name = "man-pages",
        hidden = true,
        description = "Write a manual page for each command into a folder.",
        footer = {"", "Example:", "  backfleet man-pages target/man1"})
public final class ManPagesCommand implements Runnable {
    @Parameters(paramLabel = "FOLDER", description = "Where to write them; it is created if it does not exist.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path folder;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        var commands = withThoseBelow(spec.root()).toList();
        try {
            Files.createDirectories(folder);
            for (var command : commands) {
                Files.writeString(folder.resolve(command.qualifiedName("-") + ".1"), ManPage.of(command));
            }
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE, "cannot write to " + folder + ": check that it is a folder and writable", e);
        }
    }

    private static Stream<CommandSpec> withThoseBelow(CommandSpec command) {
        return Stream.concat(
                Stream.of(command), ManPage.visible(command).stream().flatMap(ManPagesCommand::withThoseBelow));
    }
}
