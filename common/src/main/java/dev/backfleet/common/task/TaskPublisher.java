package dev.backfleet.common.task;

import java.time.Duration;
import java.util.List;

/** Publishes tasks for workers. */
public interface TaskPublisher extends AutoCloseable {

    /**
     * Publishes the tasks and waits for the broker's acknowledgement.
     *
     * @param tasks the tasks
     * @param timeout the time limit for all tasks
     * @return the tasks that were not acknowledged (they may still have arrived)
     */
    List<Task> publish(List<Task> tasks, Duration timeout);

    @Override
    void close();
}
