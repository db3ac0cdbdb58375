package dev.backfleet.common.kafka.setup;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.failure.FailureTranslator;
import dev.backfleet.common.kafka.KafkaFailures;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.task.TaskQueueException;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Explains in one line why Kafka cannot be used, and what to check. */
public final class KafkaFailureTranslator implements FailureTranslator {

    @Override
    public Optional<ExplainedFailure> translate(Throwable failure, Optional<Settings> settings) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KafkaUnreachableException
                    || cause instanceof KafkaSetupException
                    || cause instanceof TaskQueueException) {
                return Optional.of(
                        new ExplainedFailure(Kind.UNUSABLE, String.valueOf(cause.getMessage()), null, failure));
            }
            if (cause instanceof KafkaException) {
                var words = "Kafka rejected the request or cannot be used: " + KafkaFailures.describe(cause);
                return Optional.of(new ExplainedFailure(Kind.UNUSABLE, words, null, failure));
            }
        }
        return Optional.empty();
    }
}
