package dev.backfleet.embedded.postgres;

import dev.backfleet.embedded.process.Command;
import dev.backfleet.embedded.process.EmbeddedServerException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Stops the server when this process is killed, for example by SIGKILL: a shell waits for the end of its input and
 * ignores Ctrl-C at the terminal.
 */
final class DeathWatch implements AutoCloseable {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            temporary=$1
            shift
            IFS= read -r word
            [ "$word" = closed ] && exit 0
            "$@"
            [ -z "$temporary" ] || rm -rf -- "$temporary"
            """;

    private final Process shell;

    /**
     * Begins to watch.
     *
     * @param stop the command that stops the server
     * @param temporary the directory to delete after that, empty if it is kept
     */
    DeathWatch(List<String> stop, String temporary) {
        var words = new ArrayList<>(List.of("/bin/sh", "-c", SCRIPT, "backfleet-postgres-watch", temporary));
        words.addAll(stop);
        try {
            shell = new ProcessBuilder(words)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot start /bin/sh", e);
        }
    }

    /** Ends the watch; from then on the caller must stop the server. */
    @Override
    public void close() {
        try (var input = shell.getOutputStream()) {
            input.write("closed\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The shell was killed already; there is nothing to end.
        }
        Command.awaitExit(shell);
    }
}
