package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.cli.output.TerminalInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The question before a command acts on a whole fleet, or does what cannot be undone, as a mixin. Asked on a terminal only. */
public final class Confirmation {
    private static final Set<String> YES = Set.of("y", "yes");

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask. The question is asked on a terminal only, never in a script.")
    private boolean yes;

    /**
     * Asks, if a person is at the terminal.
     *
     * @param what what the command will do, as a clause
     * @throws CommandException unless the answer is yes
     */
    public void require(SettingsOptions options, CommandSpec spec, String what) {
        if (!yes && TerminalInfo.canAsk(options.environment())) {
            ask(
                    new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                    spec.commandLine().getErr(),
                    what);
        }
    }

    /**
     * Asks for a word, for what cannot be undone. Without a terminal, {@code --yes} must be given.
     *
     * @param what what the command will do, as a clause
     * @param word what has to be typed in full
     * @throws CommandException unless the answer is the word
     */
    public void requireTyped(SettingsOptions options, CommandSpec spec, String what, String word) {
        if (yes) {
            return;
        }
        if (!TerminalInfo.canAsk(options.environment())) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "this would " + what + ": nothing was done; without a terminal, confirm it with --yes");
        }
        askFor(
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                spec.commandLine().getErr(),
                what,
                word);
    }

    static void askFor(BufferedReader answers, PrintWriter err, String what, String word) {
        err.print("backfleet: " + what + "? Type " + word + " to confirm: ");
        err.flush();
        var answer = line(answers);
        if (answer == null || !answer.strip().equals(word)) {
            throw new CommandException(ExitCode.INTERRUPTED, "nothing was done; --yes skips the question");
        }
    }

    static void ask(BufferedReader answers, PrintWriter err, String what) {
        err.print("backfleet: " + what + "? [y/N] ");
        err.flush();
        if (!isYes(answers)) {
            throw new CommandException(ExitCode.INTERRUPTED, "nothing was done; --yes skips the question");
        }
    }

    private static boolean isYes(BufferedReader answers) {
        var answer = line(answers);
        return answer != null && YES.contains(answer.strip().toLowerCase(Locale.ROOT));
    }

    private static @Nullable String line(BufferedReader answers) {
        try {
            return answers.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be read", e);
        }
    }
}
