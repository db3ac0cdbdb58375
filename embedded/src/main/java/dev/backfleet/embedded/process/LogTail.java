package dev.backfleet.embedded.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a server's log, for messages that say why it did not start. */
public final class LogTail {

    private static final int LINES = 25;

    private LogTail() {}

    /** The length of a log now, as a mark for {@link #since}. */
    public static long mark(Path log) {
        return log.toFile().length();
    }

    /** The last lines that were written after the mark. */
    public static String since(Path log, long mark) {
        try {
            var bytes = Files.readAllBytes(log);
            int from = (int) Math.min(mark, bytes.length);
            var lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            return "(no log at " + log + ")";
        }
    }
}
