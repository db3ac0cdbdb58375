package dev.backfleet.common.kafka.task;

import dev.backfleet.common.kafka.TimeLeft;
import dev.backfleet.common.task.TaskQueue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A queue over one consumer, which is opened when it is needed and given up after a failure. At most one delivery is in
 * hand.
 *
 * @param <C> the kind of consumer
 */
abstract class ConsumerTaskQueue<C> implements TaskQueue {
    private final TaskRecords records;
    private final FatalFailures fatal;
    private final ConsumerBackoff reopening = new ConsumerBackoff();
    private volatile @Nullable C consumer;
    private @Nullable ConsumerRecord<byte[], byte[]> inHand;

    ConsumerTaskQueue(MeterRegistry registry, FatalFailures fatal) {
        this.records = new TaskRecords(registry);
        this.fatal = fatal;
    }

    @Override
    public final Optional<Delivery> take(Duration timeout) {
        if (inHand != null) {
            throw new IllegalStateException("the last delivery was not acknowledged");
        }
        var time = new TimeLeft(timeout);
        if (reopening.wokenUp() || !reopening.await(timeout)) {
            return Optional.empty();
        }
        try {
            var current = open();
            if (reopening.wokenUp()) {
                return Optional.empty(); // before there was a consumer to wake up
            }
            goOn(current);
            return poll(current, time);
        } catch (WakeupException e) {
            reopening.wokenUp();
            return Optional.empty();
        } catch (KafkaException | IllegalStateException e) {
            giveUp(e);
            var forThePerson = fatal.of(e);
            if (forThePerson.isPresent()) {
                throw forThePerson.get();
            }
            return Optional.empty();
        }
    }

    private C open() {
        var current = consumer;
        if (current == null) {
            current = connect();
            consumer = current;
            subscribe(current);
        }
        return current;
    }

    private Optional<Delivery> poll(C current, TimeLeft time) {
        // It is another one, or none, if a record that cannot be decoded could not be rejected.
        while (consumer == current) {
            for (var record : fetch(current, time.left())) {
                reopening.worked();
                inHand = record;
                var task = records.decode(record);
                if (task.isPresent()) {
                    return Optional.of(new Delivery(task.get(), record));
                }
                inHand = null;
                settle(current, record, false);
            }
            if (time.isOver()) {
                break;
            }
        }
        return Optional.empty();
    }

    @Override
    public final void acknowledge(Delivery delivery) {
        var record = inHand;
        var current = consumer;
        if (record == null || delivery.receipt() != record || current == null) {
            return; // delivered by a consumer that was closed: the task is delivered again
        }
        inHand = null;
        settle(current, record, true);
    }

    @Override
    public final void rest() {
        var current = consumer;
        if (current == null || inHand != null) {
            return;
        }
        try {
            rest(current);
        } catch (WakeupException e) {
            reopening.wakeUp(); // the wake-up is meant for take
        } catch (KafkaException | IllegalStateException e) {
            giveUp(e);
        }
    }

    @Override
    public final void wakeUp() {
        reopening.wakeUp();
        var current = consumer;
        if (current != null) {
            wakeUp(current);
        }
    }

    @Override
    public final void close() {
        leave();
    }

    /** Closes the consumer; another one is opened when there is need. */
    final void leave() {
        var current = consumer;
        consumer = null;
        inHand = null;
        if (current != null) {
            try {
                close(current);
            } catch (KafkaException | IllegalStateException e) {
                records.closingFailed(e); // the broker notices the end by itself
            }
        }
        left();
    }

    private void giveUp(RuntimeException cause) {
        if (repairs(cause)) {
            leave();
            return;
        }
        records.queueFailed(cause);
        leaveForAWhile();
    }

    /** Closes the consumer; another one may be opened only after a pause. */
    final void leaveForAWhile() {
        leave();
        reopening.failed();
    }

    final void acknowledgementFailed(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        records.acknowledgementFailed(record, cause);
    }

    abstract C connect();

    abstract void subscribe(C current);

    /** The consumer is to fetch again, after {@link #rest}. */
    abstract void goOn(C current);

    abstract Iterable<ConsumerRecord<byte[], byte[]>> fetch(C current, Duration timeout);

    /** Tells the broker that the record is not to be delivered again; {@code done} unless it could not be decoded. */
    abstract void settle(C current, ConsumerRecord<byte[], byte[]> record, boolean done);

    abstract void rest(C current);

    abstract void wakeUp(C current);

    abstract void close(C current);

    /** There is no consumer any more. */
    abstract void left();

    /** Changes the setting that has caused the failure; false if it was another failure, or cannot be repaired. */
    abstract boolean repairs(RuntimeException cause);
}
