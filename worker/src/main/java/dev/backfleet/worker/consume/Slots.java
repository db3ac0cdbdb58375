package dev.backfleet.worker.consume;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's slots: each can work on one shard at a time. */
public final class Slots {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

    private final Semaphore free;
    private final ExecutorService threads;
    private final AtomicInteger working = new AtomicInteger();
    private final Consumer<Throwable> failed;

    /**
     * Opens {@code count} slots.
     *
     * @param failed called with each bug that has ended the work in a slot; it may end the process
     */
    public Slots(int count, Consumer<Throwable> failed) {
        this.failed = failed;
        this.free = new Semaphore(count);
        var number = new AtomicInteger();
        this.threads =
                Executors.newFixedThreadPool(count, work -> new Thread(work, "slot-" + number.incrementAndGet()));
    }

    /** Waits for a free slot and reserves it; false if none came free in time. */
    boolean reserve(Duration timeout) throws InterruptedException {
        return free.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives a reserved slot back unused. */
    void release() {
        free.release();
    }

    /** Works in a reserved slot, which is free again when the work has ended. */
    void work(InterruptibleWork work) {
        working.incrementAndGet();
        threads.execute(() -> {
            try {
                work.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                LOG.atError()
                        .setCause(e)
                        .log("the work in a slot failed because of a bug; the lease of its shard will expire");
                failed.accept(e);
            } finally {
                working.decrementAndGet();
                free.release();
            }
        });
    }

    /** Waits until all work has ended; false if some has not after {@code timeout}. */
    public boolean drain(Duration timeout) throws InterruptedException {
        threads.shutdown();
        var ended = threads.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
            threads.shutdownNow();
        }
        return ended;
    }

    /** How many slots work on a shard; one more may be reserved for the next task. */
    public int working() {
        return working.get();
    }

    /** What is done in a slot. */
    interface InterruptibleWork {
        void run() throws InterruptedException;
    }
}
