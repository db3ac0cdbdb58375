package dev.backfleet.common.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that runs one reader after the other until it is closed: when one fails, the next is made. */
public final class ReadingThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReadingThread.class);

    private final Thread thread;
    private final Session session;
    private final Duration pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final LogSample sample = new LogSample(Duration.ofSeconds(10));

    /**
     * Creates the thread; it does not run yet.
     *
     * @param name of the thread
     * @param pause between a failure and the next attempt
     * @param session one attempt
     */
    public ReadingThread(String name, Duration pause, Session session) {
        this.session = session;
        this.pause = pause;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Starts reading. */
    public void start() {
        thread.start();
    }

    /** Whether sessions should go on. */
    public boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void run() {
        try {
            while (isOpen()) {
                attempt();
                if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // somebody ends the thread in his own way
        }
    }

    private void attempt() throws InterruptedException {
        try {
            session.run();
        } catch (RuntimeException | Error e) {
            // Not even an Error ends the thread: what it reads would count as unread from then on, and nobody would
            // notice.
            if (isOpen()) {
                sample.next().ifPresent(suppressed -> log.atWarn()
                        .addKeyValue("reader", thread.getName())
                        .addKeyValue("cause", KafkaFailures.describe(e))
                        .addKeyValue("suppressed", suppressed)
                        .log("reading failed; trying again"));
            }
        }
    }

    /** Ends the current session and waits for the thread, but not for long. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One attempt at reading: returns or throws when it cannot go on, or soon after the thread was closed. */
    @FunctionalInterface
    public interface Session {
        /** Reads. */
        void run() throws InterruptedException;
    }
}
