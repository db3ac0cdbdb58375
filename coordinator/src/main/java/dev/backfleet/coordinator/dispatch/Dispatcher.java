package dev.backfleet.coordinator.dispatch;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.task.Task;
import dev.backfleet.common.task.TaskPublisher;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.dispatch.FleetLoad.Grant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The duty of keeping a bounded window of tasks published. */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(5);

    private final DispatchQueue queue;
    private final TaskPublisher publisher;
    private final Ticker ticker;
    private final SlotUsage service = new SlotUsage();

    public Dispatcher(DispatchQueue queue, TaskPublisher publisher, Ticker ticker) {
        this.queue = queue;
        this.publisher = publisher;
        this.ticker = ticker;
    }

    /**
     * Publishes the tasks that the jobs get by their shares.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        var load = service.counted(queue.load(), ticker.now());
        var grants = FairShares.choose(load);
        var tasks = new ArrayList<Task>();
        for (Grant grant : grants) {
            tasks.addAll(queue.dispatchIfLeading(grant.job(), grant.tasks(), leader));
        }
        if (!tasks.isEmpty()) {
            publish(tasks);
        }
    }

    private void publish(List<Task> tasks) {
        var lost = publisher.publish(tasks, PUBLISH_TIMEOUT);
        if (!lost.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("tasks", lost.size())
                    .addKeyValue("action", EventAction.TASK_NOT_PUBLISHED)
                    .log("tasks could not be published; their shards are pending again");
            queue.undoIfDispatched(lost);
        }
        LOG.atDebug().addKeyValue("tasks", tasks.size() - lost.size()).log("tasks published");
    }

    /** The shards that can be dispatched. */
    public interface DispatchQueue {
        /** The fleet's slots, and the load of the jobs that are RUNNING. */
        FleetLoad load();

        /** Makes up to {@code count} shards DISPATCHED, if {@code leader} still leads. */
        List<Task> dispatchIfLeading(long job, int count, long leader);

        /** Makes shards PENDING again whose tasks could not be published. */
        void undoIfDispatched(List<Task> tasks);
    }
}
