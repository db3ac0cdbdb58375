package dev.backfleet.coordinator.query;

import dev.backfleet.common.control.NotAccepting;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is to be said of a worker, in the order in which programs get it as JSON.
 *
 * @param slots how many shards it works on at a time, at most
 * @param busy how many it holds now
 * @param taking whether it accepts tasks
 * @param notAccepting why it accepts none; null while it does
 * @param seenAt when it gave a sign of life last, by the database's clock
 * @param alive whether that was within the last seconds
 * @param shards what it holds
 */
public record WorkerStatus(
        String id,
        String host,
        long pid,
        int slots,
        int busy,
        boolean taking,
        @Nullable NotTaking notAccepting,
        Instant startedAt,
        Instant seenAt,
        boolean alive,
        List<Held> shards) {

    public WorkerStatus {
        shards = List.copyOf(shards);
    }

    /**
     * Why a worker accepts no tasks, as its last heartbeat said.
     *
     * @param since since when, by the database's clock
     */
    public record NotTaking(NotAccepting reason, Instant since) {}

    /** A shard that a worker holds. */
    public record Held(long job, int shard) {}
}
