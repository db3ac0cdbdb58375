package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.task.TaskQueueException;
import java.util.Optional;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Distinguishes failures that need a person from temporary ones, and says what the person should do. */
final class FatalFailures {
    private final String topic;
    private final String group;

    FatalFailures(String topic, String group) {
        this.topic = topic;
        this.group = group;
    }

    /** The exception for the queue's owner; empty if a retry may help. */
    Optional<TaskQueueException> of(RuntimeException failure) {
        return remedy(failure).map(remedy -> new TaskQueueException("Tasks cannot be taken: " + remedy + ".", failure));
    }

    private Optional<String> remedy(RuntimeException failure) {
        if (failure instanceof TopicAuthorizationException) {
            return Optional.of("no permission on topic " + topic + ": grant READ and DESCRIBE");
        }
        if (failure instanceof GroupAuthorizationException) {
            return Optional.of("no permission on group " + group + ": grant READ and DESCRIBE");
        }
        if (failure instanceof AuthenticationException) {
            return Optional.of("authentication failed (" + KafkaFailures.describe(failure)
                    + "): check the security settings in the client properties");
        }
        if (failure instanceof GroupMaxSizeReachedException) {
            return Optional.of("group " + group
                    + " is full: raise group.share.max.size or group.max.size on the brokers, or run fewer workers");
        }
        if (failure instanceof UnsupportedVersionException) {
            return Optional.of(
                    "the cluster does not support this kind of group: use task queue mode 'auto' or 'group'");
        }
        if (failure instanceof InconsistentGroupProtocolException) {
            return Optional.of(
                    "group " + group + " has members of another kind: stop them, or use another topic prefix");
        }
        return Optional.empty();
    }
}
