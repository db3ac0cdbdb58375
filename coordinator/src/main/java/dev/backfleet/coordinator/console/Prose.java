package dev.backfleet.coordinator.console;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text of the command line, in which commands are told from words. */
public final class Prose {
    private static final Pattern COMMAND = Pattern.compile("'(backfleet [^']+)'");

    private Prose() {}

    /**
     * A piece of text.
     *
     * @param command whether it is a command
     */
    public record Part(String text, boolean command) {}

    /** The pieces: together the text, without the quotes around commands. */
    public static List<Part> parts(String text) {
        var parts = new ArrayList<Part>();
        var from = 0;
        for (var found = COMMAND.matcher(text); found.find(); from = found.end()) {
            add(parts, text.substring(from, found.start()), false);
            add(parts, found.group(1), true);
        }
        add(parts, text.substring(from), false);
        return parts;
    }

    private static void add(List<Part> parts, String text, boolean command) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, command));
        }
    }
}
