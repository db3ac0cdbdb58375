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

    static void ask(BufferedReader answers, PrintWriter err, String what) {
        err.print("backfleet: " + what + "? [y/N] ");
        err.flush();
        if (!isYes(answers)) {
            throw new CommandException(ExitCode.INTERRUPTED, "nothing was done; --yes skips the question");
        }
    }

    private static boolean isYes(BufferedReader answers) {
        try {
            var answer = answers.readLine();
            return answer != null && YES.contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be read", e);
        }
    }
}
