package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.Nullable;

/** The cluster answers, but lacks or forbids something that is needed. The message says what to do. */
public final class KafkaSetupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KafkaSetupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
