package dev.backfleet.common.kafka;

import dev.backfleet.common.health.Pulse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that runs one reading session after another until it is closed; after a failure it starts the next
 * session.
 */
public final class ReadingThread implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReadingThread.class);

    private final Thread thread;
    private final Session session;
    private final Duration pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final LogSample sample = new LogSample(Duration.ofSeconds(10));
    private final Pulse pulse = Pulse.system();

    /**
     * A thread that is not started yet.
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

    public void start() {
        thread.start();
    }

    /** Whether the session should continue; to be asked in each of its rounds, on this thread, which so shows that it makes progress. */
    public boolean goesOn() {
        pulse.beat();
        return isOpen();
    }

    /** When the thread last made progress. */
    public Pulse pulse() {
        return pulse;
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void run() {
        try {
            while (goesOn()) {
                attempt();
                if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the thread was interrupted from outside
        }
    }

    private void attempt() throws InterruptedException {
        try {
            session.run();
        } catch (RuntimeException | Error e) {
            // Not even an Error ends the thread: otherwise its topic would remain unread without notice.
            if (isOpen()) {
                sample.next().ifPresent(suppressed -> log.atWarn()
                        .addKeyValue("reader", thread.getName())
                        .addKeyValue("cause", KafkaFailures.describe(e))
                        .addKeyValue("suppressed", suppressed)
                        .log("reading failed; retrying"));
            }
        }
    }

    /** Ends the current session and waits a short time for the thread. */
    @Override
    public void close() {
        closed.countDown();
        pulse.excuse(true);
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One attempt at reading: returns or throws when it cannot continue, or soon after the thread was closed. */
    @FunctionalInterface
    public interface Session {
        void run() throws InterruptedException;
    }
}
