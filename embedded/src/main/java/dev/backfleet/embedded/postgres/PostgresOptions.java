package dev.backfleet.embedded.postgres;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a PostgreSQL server.
 *
 * @param directory the directory of its data and its log, kept for the next start; null: a temporary one, deleted on
 *     close
 * @param port the port on 127.0.0.1; 0: a free one
 * @param settings server settings in addition to, or instead of, the defaults of {@link PostgresSettings}
 * @param closeAtExit whether a shutdown hook closes the server; if false, the caller must close it
 */
public record PostgresOptions(@Nullable Path directory, int port, Map<String, String> settings, boolean closeAtExit) {

    public PostgresOptions {
        settings = Map.copyOf(settings);
    }

    /** As durable as a production server: what was committed survives a crash. */
    public static PostgresOptions durable() {
        return new PostgresOptions(null, 0, Map.of(), true);
    }

    /** For tests: nothing waits for the disk, and what was committed need not survive a crash of the machine. */
    public static PostgresOptions fast() {
        return durable().with("fsync", "off").with("full_page_writes", "off").with("synchronous_commit", "off");
    }

    /** With data that are kept, or were kept by an earlier server, in the directory. */
    public PostgresOptions in(@Nullable Path kept) {
        return new PostgresOptions(kept, port, settings, closeAtExit);
    }

    /** On this port; 0 for a free one. */
    public PostgresOptions onPort(int wanted) {
        return new PostgresOptions(directory, wanted, settings, closeAtExit);
    }

    /** With a server setting, its value as in postgresql.conf but without quotes. */
    public PostgresOptions with(String setting, String value) {
        var more = new LinkedHashMap<>(settings);
        more.put(setting, value);
        return new PostgresOptions(directory, port, more, closeAtExit);
    }

    /** Without a shutdown hook. */
    public PostgresOptions closedByCaller() {
        return new PostgresOptions(directory, port, settings, false);
    }
}
