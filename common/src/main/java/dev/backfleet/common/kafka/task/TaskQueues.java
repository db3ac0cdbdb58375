package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.kafka.setup.KafkaUnreachableException;
import dev.backfleet.common.kafka.setup.TaskQueueModes;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.common.task.TaskQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.apache.kafka.common.KafkaException;

/** Opens the kind of task queue that the cluster supports. */
public final class TaskQueues {
    private static final Duration QUESTION = Duration.ofSeconds(8);

    private TaskQueues() {}

    /**
     * A task queue in the mode of the settings; in mode auto, the cluster's features decide. No task is taken before
     * the first {@link TaskQueue#take}.
     *
     * @throws dev.backfleet.common.kafka.setup.KafkaSetupException if share groups are required but the cluster has
     *     none
     * @throws KafkaUnreachableException if the cluster does not answer
     */
    public static TaskQueue open(KafkaClients clients, MeterRegistry registry) {
        return open(clients, resolve(clients), registry);
    }

    /** A task queue in a mode that was already resolved. */
    public static TaskQueue open(KafkaClients clients, TaskQueueMode resolved, MeterRegistry registry) {
        return switch (resolved) {
            case SHARE -> new ShareTaskQueue(clients, registry);
            case GROUP -> new GroupTaskQueue(clients, registry);
            case AUTO -> open(clients, registry);
        };
    }

    private static TaskQueueMode resolve(KafkaClients clients) {
        var admin = clients.admin("mode");
        try {
            return TaskQueueModes.resolve(admin, clients.settings().taskQueueMode(), QUESTION);
        } catch (KafkaException e) {
            throw new KafkaUnreachableException(
                    "Cannot ask Kafka at " + clients.settings().bootstrapServers() + " for its features: "
                            + KafkaFailures.describe(e) + ".",
                    e);
        } finally {
            admin.close(Duration.ZERO);
        }
    }
}
