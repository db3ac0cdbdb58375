package dev.backfleet.common.task;

import java.time.Duration;
import java.util.Optional;

/**
 * The queue from which a worker takes tasks. Only {@link #wakeUp()} may be called by other threads.
 *
 * <p>How to use it: first get a free slot; call {@link #take} until a delivery comes or the slot is withdrawn; claim
 * the shard in PostgreSQL; then {@link #acknowledge}. Every delivery must be acknowledged, claimed or not, before the
 * next {@code take}. Deliveries may be duplicated, delayed, reordered or lost without harm: nothing depends on the
 * outcome of an acknowledgement.
 */
public interface TaskQueue extends AutoCloseable {

    /**
     * Takes at most one task.
     *
     * @param timeout how long to wait for a task
     * @return empty if no task came in time, if {@link #wakeUp()} was called, or if the broker could not be reached
     * @throws TaskQueueException if a retry cannot help (no permission, or the cluster lacks the protocol)
     */
    Optional<Delivery> take(Duration timeout);

    /** Acknowledges a delivery. Failures are logged and counted, never thrown. */
    void acknowledge(Delivery delivery);

    /**
     * Announces that no task will be taken for a while, so that the queue locks no task that another worker could take,
     * until the next {@link #take}. While no slot is free, call it at least once per second: only then can a consumer
     * group reassign this member's partitions. The call may take about 20 ms. Do not call it between a delivery and its
     * acknowledgement.
     */
    void rest();

    /** Makes a {@link #take} in another thread return at once. The only method that other threads may call. */
    void wakeUp();

    /** Leaves the group; tasks that were not delivered are available to other workers at once. */
    @Override
    void close();

    /**
     * A delivered task.
     *
     * @param task the task
     * @param receipt the queue's handle to acknowledge it
     */
    record Delivery(Task task, Object receipt) {}
}
