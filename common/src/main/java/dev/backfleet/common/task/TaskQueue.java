package dev.backfleet.common.task;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a worker takes tasks from. Used by one thread only, but for {@link #wakeUp()}.
 *
 * <p>The rule of use: have a free slot first; {@link #take} until a delivery comes or the slot is withdrawn; claim the
 * shard in PostgreSQL; then {@link #acknowledge}. Every delivery must be acknowledged, claimed or not, before the next
 * {@code take}. Deliveries may be duplicated, delayed, reordered or lost without harm: nothing depends on the outcome
 * of an acknowledgement.
 */
public interface TaskQueue extends AutoCloseable {

    /**
     * Takes at most one task.
     *
     * @param timeout how long to wait for one
     * @return nothing if none came in time, if {@link #wakeUp()} was called, or if the broker could not be reached
     * @throws TaskQueueException if going on is pointless (no permission, the cluster lacks the protocol)
     */
    Optional<Delivery> take(Duration timeout);

    /** Tells the queue that a delivery was dealt with. Failures are logged and counted, never thrown. */
    void acknowledge(Delivery delivery);

    /**
     * Says that no task will be taken for a while, so that the queue holds back nothing that another worker could do:
     * the next {@link #take} ends that. While no slot is free, call it again and again, at least every second: that is
     * how a member of a consumer group lets partitions move. It may take some 20 ms, and is cheap otherwise. Not to be
     * called between a delivery and its acknowledgement.
     */
    void rest();

    /** Makes a {@link #take} in another thread return at once; the only method that other threads may call. */
    void wakeUp();

    /** Leaves the group; undelivered tasks are free for other workers at once. */
    @Override
    void close();

    /**
     * One task as it was delivered.
     *
     * @param task the task
     * @param receipt what the queue needs to acknowledge it
     */
    record Delivery(Task task, Object receipt) {}
}
