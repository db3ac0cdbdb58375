package dev.backfleet.standalone.stack;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.embedded.process.LogTail;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The two servers, started side by side.
 *
 * @param postgres PostgreSQL
 * @param kafka the broker
 */
record Servers(PostgresServer postgres, KafkaBroker kafka) implements AutoCloseable {

    /** Starts both, or none. Not interruptible: half a start would leave orphans. */
    static Servers open(StackOptions options) {
        var broker = inBackground(() -> KafkaBroker.open(options.kafka()));
        PostgresServer postgres;
        try {
            postgres = PostgresServer.open(options.postgres());
        } catch (RuntimeException e) {
            broker.thenAccept(KafkaBroker::close)
                    .exceptionally(alsoFailed -> {
                        e.addSuppressed(alsoFailed);
                        return null;
                    })
                    .join();
            throw e;
        }
        try {
            return new Servers(postgres, broker.join());
        } catch (CompletionException e) {
            postgres.close();
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** Fails if a server has ended. */
    void requireAlive() {
        require(postgres.isAlive(), "PostgreSQL", postgres.logFile());
        require(kafka.isAlive(), "Kafka", kafka.logFile());
    }

    /** Ends both: Kafka first, then PostgreSQL. */
    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            postgres.close();
        }
    }

    private static void require(boolean alive, String server, Path log) {
        if (!alive) {
            throw new StackException(server + " has ended by itself; its log ends with:\n" + LogTail.since(log, 0));
        }
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> start) {
        var started = new CompletableFuture<T>();
        var thread = new Thread(() -> started.completeAsync(start, Runnable::run), "start-kafka");
        thread.start();
        return started;
    }
}
