package dev.backfleet.common.health;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;

/**
 * The last sign of progress of a loop, which the loop gives itself, at least once in each round. Whoever asks for it never waits. A loop
 * whose statements may take minutes is excused while it sends them: no server may decide whether a process counts as alive.
 */
public final class Pulse {
    private final Ticker ticker;
    private volatile Duration last;
    private volatile boolean excused;

    /** Beats now. */
    public Pulse(Ticker ticker) {
        this.ticker = ticker;
        this.last = ticker.now();
    }

    /** By the process's own clock. */
    public static Pulse system() {
        return new Pulse(Ticker.system());
    }

    /** The loop makes progress. */
    public void beat() {
        last = ticker.now();
    }

    /** The loop may give no sign for long, or has ended as it should; or, with false, is not excused any more. */
    public void excuse(boolean from) {
        last = ticker.now();
        excused = from;
    }

    /** For how long there was no sign; zero while it is excused. */
    public Duration silence() {
        return excused ? Duration.ZERO : ticker.now().minus(last);
    }
}
