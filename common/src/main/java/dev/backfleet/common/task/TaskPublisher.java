package dev.backfleet.common.task;

import java.time.Duration;
import java.util.List;

/** Where the coordinator puts tasks. */
public interface TaskPublisher extends AutoCloseable {

    /**
     * Publishes the tasks and waits until the broker has them.
     *
     * @param tasks what to publish
     * @param timeout how long to wait altogether
     * @return the tasks that are not known to have arrived (they may have)
     */
    List<Task> publish(List<Task> tasks, Duration timeout);

    @Override
    void close();
}
