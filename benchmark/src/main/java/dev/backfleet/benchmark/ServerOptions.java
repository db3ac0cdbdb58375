package dev.backfleet.benchmark;

import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.standalone.stack.StackOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the measured PostgreSQL is set up, as a mixin. */
final class ServerOptions {
    @Option(
            names = "--shared-buffers",
            paramLabel = "SIZE",
            defaultValue = "1GB",
            description = "PostgreSQL's shared_buffers. Default: ${DEFAULT-VALUE}.")
    private String sharedBuffers = "";

    @Option(
            names = "--max-wal-size",
            paramLabel = "SIZE",
            defaultValue = "8GB",
            description = "PostgreSQL's max_wal_size. Default: ${DEFAULT-VALUE}.")
    private String maxWalSize = "";

    @Option(
            names = "--min-wal-size",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            description = "PostgreSQL's min_wal_size. Default: ${DEFAULT-VALUE}.")
    private String minWalSize = "";

    /** Durable; and no checkpoint begins in the middle of a measurement, since there is one before each. */
    PostgresOptions postgres() {
        return PostgresOptions.durable()
                .with("shared_buffers", sharedBuffers)
                .with("max_wal_size", maxWalSize)
                .with("min_wal_size", minWalSize)
                .with("checkpoint_timeout", "30min");
    }

    /** A stack on this server; its logs are kept in a directory, if one is given. */
    StackOptions stack(@Nullable Path logs) {
        var options = StackOptions.temporary().with(postgres());
        return new StackOptions(options.postgres(), options.kafka(), logs, options.environment(), options.lost());
    }
}
