package dev.backfleet.standalone.failpoint;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a process halts itself: at once, without farewell, as if it was killed just there. */
public enum Failpoint {
    /** The worker has not sent its batch yet. */
    BEFORE_BATCH(true),
    /** The worker has sent its batch and has no reply. */
    AFTER_SENT(true),
    /** The worker has the reply to its batch, and has done nothing with it. */
    AFTER_REPLY(true),
    /** The worker has claimed, and has not acknowledged the task yet. */
    BEFORE_ACKNOWLEDGE(true),
    /** The worker has just acknowledged the task. */
    AFTER_ACKNOWLEDGE(true),
    /** The coordinator's plan is committed, and nothing of it dispatched. */
    PLANNED(false),
    /** The coordinator has written DISPATCHED, and has not published. */
    WRITTEN(false),
    /** The coordinator has just published. */
    PUBLISHED(false),
    /** The coordinator has just moved a job to its final state, and has not published that. */
    COMPLETING(false),
    /** The coordinator is isolating a tenant. */
    ISOLATION(false);

    /** The environment variable that names the point. */
    public static final String NAME = "FAILPOINT";

    /** The environment variable that says at which time of passing it the process halts. */
    public static final String TIME = "FAILPOINT_TIME";

    private static final Logger LOG = LoggerFactory.getLogger(Failpoint.class);
    private static final int KILLED = 137;
    private static final AtomicInteger PASSED = new AtomicInteger();

    private final boolean workers;

    Failpoint(boolean workers) {
        this.workers = workers;
    }

    /** What the log of a process says that has halted here. */
    public String words() {
        return "halting point=" + this;
    }

    /** Whether it is a worker that halts there. */
    public boolean isWorkers() {
        return workers;
    }

    /** Whether this process is to halt here now: it is asked each time that it comes by. */
    boolean isDue() {
        Map<String, String> environment = System.getenv();
        return name().equals(environment.get(NAME))
                && PASSED.incrementAndGet() == Integer.parseInt(environment.getOrDefault(TIME, "1"));
    }

    /** Halts here, if it is due. */
    void pass() {
        if (isDue()) {
            halt();
        }
    }

    /** Halts. */
    void halt() {
        LOG.atWarn().addKeyValue("point", this).log("halting");
        Runtime.getRuntime().halt(KILLED);
    }
}
