package dev.backfleet.common.kafka;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.task.TaskQueueException;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;

/** Says in one line why Kafka cannot be used, and what to check. */
public final class KafkaFailureTranslator implements FailureTranslator {

    @Override
    public Optional<CommandException> translate(Throwable failure, Optional<Settings> settings) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof KafkaUnreachableException
                    || cause instanceof KafkaSetupException
                    || cause instanceof TaskQueueException) {
                return Optional.of(
                        new CommandException(ExitCode.CANNOT_CONNECT, String.valueOf(cause.getMessage()), failure));
            }
            if (cause instanceof KafkaException) {
                var words = "Kafka refuses or cannot be used: " + KafkaFailures.describe(cause);
                return Optional.of(new CommandException(ExitCode.CANNOT_CONNECT, words, failure));
            }
        }
        return Optional.empty();
    }
}
