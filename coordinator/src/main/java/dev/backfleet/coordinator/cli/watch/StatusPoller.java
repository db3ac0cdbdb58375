package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls the status of a job on a thread of its own, so that a database that does not answer does not freeze the screen. A lost
 * connection is no failure: the poller reports it and keeps polling.
 */
final class StatusPoller implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMillis(250);
    private static final Duration SUSPICIOUS = Duration.ofSeconds(3);

    private final Supplier<Snapshot> source;
    private final Ticker ticker;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(StatusPoller::daemon);
    private @Nullable CompletableFuture<Snapshot> asked;
    private Snapshot snapshot;
    private Duration answeredAt;
    private @Nullable String trouble;

    StatusPoller(Supplier<Snapshot> source, Snapshot first, Ticker ticker) {
        this.source = source;
        this.ticker = ticker;
        this.snapshot = first;
        this.answeredAt = ticker.now();
    }

    /** The last known status. */
    News latest() {
        return new News(snapshot, Optional.ofNullable(trouble));
    }

    /**
     * The next status; if there is no answer soon, the last known one.
     *
     * @throws RuntimeException if the query fails for another reason than the connection
     */
    News next() throws InterruptedException {
        var asking = Objects.requireNonNullElseGet(asked, () -> CompletableFuture.supplyAsync(source, thread));
        asked = asking;
        try {
            snapshot = asking.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            answeredAt = ticker.now();
            trouble = null;
            asked = null;
        } catch (TimeoutException e) {
            suspect();
        } catch (ExecutionException e) {
            trouble = connection(e.getCause());
            asked = null;
        }
        return latest();
    }

    private void suspect() {
        if (trouble == null && ticker.now().minus(answeredAt).compareTo(SUSPICIOUS) > 0) {
            trouble = "the database does not answer";
        }
    }

    private static String connection(@Nullable Throwable failure) {
        if (failure instanceof ExplainedFailure known && known.kind() == Kind.UNUSABLE) {
            return known.what();
        }
        if (failure instanceof RuntimeException other) {
            return new ConnectionFailures()
                    .translate(other, Optional.empty())
                    .map(known -> String.valueOf(known.getMessage()))
                    .orElseThrow(() -> other);
        }
        throw new IllegalStateException(failure);
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work, "watch");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /**
     * The last known status.
     *
     * @param snapshot the last answer
     * @param trouble why it may be outdated; nothing if it is not
     */
    record News(Snapshot snapshot, Optional<String> trouble) {}
}
