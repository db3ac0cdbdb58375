package dev.backfleet.standalone.chaos;

/** What can happen, and how often it must happen in ten minutes for a run to count. */
enum Fault {
    KILL_WORKER(100, "worker"),
    FREEZE_WORKER(30, "worker"),
    KILL_COORDINATOR(12, "coordinator"),
    FREEZE_COORDINATOR(4, "coordinator"),
    CRASH_POSTGRES(10, "postgres"),
    FREEZE_POSTGRES(4, "postgres"),
    KILL_BACK_END(4, "postgres"),
    END_ALL_SESSIONS(6, "postgres"),
    KILL_BROKER(5, "kafka"),
    FREEZE_BROKER(4, "kafka"),
    LATENCY(12, "proxy"),
    BANDWIDTH(8, "proxy"),
    SLICES(8, "proxy"),
    RESET(20, "proxy"),
    REQUEST_SWALLOWED(14, "proxy"),
    REPLY_SWALLOWED(20, "proxy"),
    HALF_OPEN(8, "worker"),
    CUT_SHORT(8, "proxy"),
    SLOW_CLOSE(4, "proxy"),
    REFUSED(8, "proxy"),
    DUPLICATE_TASKS(12, "tasks"),
    PAUSE_JOB(10, "control"),
    PAUSE_TENANT(6, "control"),
    CLOCK_JUMP(6, "clock"),
    FAIL_OVER(2, "postgres");

    private final int inTenMinutes;
    private final String target;

    Fault(int inTenMinutes, String target) {
        this.inTenMinutes = inTenMinutes;
        this.target = target;
    }

    int inTenMinutes() {
        return inTenMinutes;
    }

    /** What it is done to: two faults at the same time are done to two of them. */
    String target() {
        return target;
    }

    /** Whether it can be injected at any time: a pause may be rejected, a clock may be inaccessible. */
    boolean isCertain(boolean clocks) {
        return !target.equals("control") && (clocks || this != CLOCK_JUMP);
    }

    /** Whether it has a length: it is done and undone, and the schedule says how much later. */
    boolean lasts() {
        return switch (this) {
            case KILL_WORKER, KILL_COORDINATOR, KILL_BACK_END, END_ALL_SESSIONS, RESET, DUPLICATE_TASKS, CLOCK_JUMP ->
                false;
            default -> true;
        };
    }

    /** Whether it is a proxy that does it. */
    boolean isProxys() {
        return target.equals("proxy") || this == HALF_OPEN;
    }
}
