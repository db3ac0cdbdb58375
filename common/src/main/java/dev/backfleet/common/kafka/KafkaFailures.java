package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicAuthorizationException;

/** Turns all failures of a Kafka call into one kind of exception. */
public final class KafkaFailures {
    private KafkaFailures() {}

    /**
     * Waits for the result of a call.
     *
     * @throws KafkaException the call's failure; Kafka's TimeoutException when the time is over
     */
    public static <T> T await(Future<T> call, Duration timeout) {
        try {
            return call.get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw of(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("no answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** The failure as a Kafka exception. */
    public static KafkaException of(Throwable failure) {
        return failure instanceof KafkaException kafka ? kafka : new KafkaException(failure);
    }

    /** The innermost cause's kind and message in one line; of a missing permission, on what. */
    public static String describe(Throwable failure) {
        var innermost = failure;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof TopicAuthorizationException denied) {
            return denied.unauthorizedTopics().isEmpty()
                    ? "no permission on the topic"
                    : "no permission on topic " + String.join(", ", denied.unauthorizedTopics());
        }
        if (innermost instanceof GroupAuthorizationException denied) {
            return "no permission on group " + denied.groupId();
        }
        var message = innermost.getMessage() == null ? "" : ": " + innermost.getMessage();
        return (innermost.getClass().getSimpleName() + message)
                .replaceAll("\\s+", " ")
                .strip();
    }
}
