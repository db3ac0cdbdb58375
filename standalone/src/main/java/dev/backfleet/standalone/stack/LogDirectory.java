package dev.backfleet.standalone.stack;

import dev.backfleet.embedded.process.ServerDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the children log to: a directory that was given and stays, or a temporary one that goes unless it is needed. */
final class LogDirectory implements AutoCloseable {

    private final Path path;
    private volatile boolean kept;

    private LogDirectory(Path path, boolean kept) {
        this.path = path;
        this.kept = kept;
    }

    static LogDirectory open(@Nullable Path given) {
        try {
            return given == null
                    ? new LogDirectory(Files.createTempDirectory("backfleet-logs-"), false)
                    : new LogDirectory(Files.createDirectories(given.toAbsolutePath()), true);
        } catch (IOException e) {
            throw new StackException("cannot use the directory " + given + " for logs: " + e);
        }
    }

    Path path() {
        return path;
    }

    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        if (!kept) {
            try {
                ServerDirectory.delete(path);
            } catch (IOException e) {
                throw new StackException("cannot delete the logs in " + path + ": " + e);
            }
        }
    }
}
