package dev.backfleet.standalone.demo.migration;

import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Gives commands as a person would, and shows them with what they print. */
public final class Terminal {
    private static final String INDENT = "  ";

    private final LocalStack stack;
    private final CommandRunner commands;
    private final PrintWriter out;

    /** On a stack; prints to {@code out}. */
    public Terminal(LocalStack stack, CommandRunner commands, PrintWriter out) {
        this.stack = stack;
        this.commands = commands;
        this.out = out;
    }

    /** Says something. */
    void say(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /** Runs a command that must succeed. */
    void succeed(String... arguments) {
        succeed(line -> true, arguments);
    }

    /** Runs a command that must succeed, and shows only some lines of what it prints. */
    void succeed(Predicate<String> shown, String... arguments) {
        var code = run(shown, arguments);
        if (code != 0) {
            throw new StackException(
                    "'backfleet " + String.join(" ", quoted(arguments)) + "' ended with exit code " + code);
        }
    }

    /** Runs a command, shows some lines of what it prints, and gives its exit code. */
    int run(Predicate<String> shown, String... arguments) {
        say("");
        say("$ ./backfleet " + String.join(" ", quoted(arguments)));
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(stack.flags());
        try (var indented = new PrintWriter(new Lines(shown), true)) {
            return commands.run(all, indented);
        }
    }

    /** Asks a gate, and shows nothing. */
    boolean isPermitted(String... arguments) {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(stack.flags());
        return commands.run(all, new PrintWriter(Writer.nullWriter())) == 0;
    }

    private List<String> quoted(String... arguments) {
        var folder = stack.logs() + "/";
        return List.of(arguments).stream()
                .map(argument -> argument.startsWith(folder) ? argument.substring(folder.length()) : argument)
                .map(argument -> argument.contains(" ") ? "'" + argument + "'" : argument)
                .toList();
    }

    /** Prints whole lines, since others print too. */
    private final class Lines extends Writer {
        private final StringBuilder line = new StringBuilder();
        private final Predicate<String> shown;

        Lines(Predicate<String> shown) {
            this.shown = shown;
        }

        @Override
        public void write(char[] text, int from, int length) {
            for (var i = from; i < from + length; i++) {
                if (text[i] == '\n') {
                    end();
                } else {
                    line.append(text[i]);
                }
            }
        }

        @Override
        public void flush() {
            // A line is printed when it ends.
        }

        @Override
        public void close() {
            if (!line.isEmpty()) {
                end();
            }
        }

        private void end() {
            if (shown.test(line.toString())) {
                say(INDENT + line);
            }
            line.setLength(0);
        }
    }
}
