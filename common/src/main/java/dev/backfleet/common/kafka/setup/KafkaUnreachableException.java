package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.Nullable;

/** Kafka could not be reached in time. The message is one line that names the servers and says what to check. */
public final class KafkaUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KafkaUnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
