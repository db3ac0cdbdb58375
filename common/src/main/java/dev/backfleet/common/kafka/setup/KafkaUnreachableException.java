package dev.backfleet.common.kafka.setup;

import org.jspecify.annotations.Nullable;

/** Kafka could not be reached in time. The message is one line that names the servers and says what to check. */
public final class KafkaUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean silent;

    public KafkaUnreachableException(String message, @Nullable Throwable cause) {
        this(message, false, cause);
    }

    /**
     * A failure to reach Kafka.
     *
     * @param silent whether the port is open and nothing answered, as of a broker that is starting or overloaded
     */
    KafkaUnreachableException(String message, boolean silent, @Nullable Throwable cause) {
        super(message, cause);
        this.silent = silent;
    }

    /** Whether the port is open and nothing answered: the broker may answer later. */
    boolean isSilent() {
        return silent;
    }
}
