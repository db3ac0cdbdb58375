package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.Nullable;

/** The cluster answers but does not have, or does not allow, what is needed. The message says what to do. */
public final class KafkaSetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message for the operator. */
    public KafkaSetupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
