package dev.backfleet.simulation.fault;

import dev.backfleet.simulation.time.Timeline;
import java.util.Random;

/** The fault model: how long answers take, and how often answers and messages are lost. */
public final class FaultModel {
    private final Random random;
    private final Timeline time;
    private final Lengths lengths;

    private boolean bad = true;
    private long faultsEndedAt;

    public FaultModel(Random random, Timeline time) {
        this.time = time;
        this.random = random;
        this.lengths = new Lengths(random, time);
    }

    /** Ends all faults. */
    public void endFaults() {
        bad = false;
        faultsEndedAt = time.now();
    }

    /** How long faults last. */
    public Lengths lengths() {
        return lengths;
    }

    public boolean hasFaults() {
        return bad;
    }

    /** When the faults ended. */
    public long faultsEndedAt() {
        return faultsEndedAt;
    }

    public int pick(int bound) {
        return random.nextInt(bound);
    }

    /** True once in so many calls, while there are faults. */
    public boolean strikes(int oneIn) {
        return bad && random.nextInt(oneIn) == 0;
    }

    public long latency() {
        return strikes(100) ? 10_000L + random.nextInt(400_000) : 100L + random.nextInt(900);
    }

    public long timeout() {
        return random.nextBoolean() ? 1_000L + random.nextInt(5_000) : 50_000L + random.nextInt(2_000_000);
    }

    public boolean takesTime() {
        return random.nextInt(8) == 0;
    }

    public boolean losesAnswer() {
        return strikes(150);
    }

    public boolean resets() {
        return strikes(60);
    }

    public boolean killsHere() {
        return strikes(3_000);
    }

    public Fate fate() {
        if (!bad) {
            return Fate.ARRIVED;
        }
        var roll = random.nextInt(20);
        return roll == 0 ? Fate.LOST : roll == 1 ? Fate.ARRIVED_UNKNOWN : roll < 5 ? Fate.DOUBLED : Fate.ARRIVED;
    }

    public long delay() {
        return strikes(20) ? random.nextInt(8_000_000) : 500L + random.nextInt(10_000);
    }

    public long longDelay() {
        return random.nextInt(40_000_000);
    }

    /** The fate of a message. */
    public enum Fate {
        /** It arrives once. */
        ARRIVED,
        /** It arrives, and the producer does not learn it. */
        ARRIVED_UNKNOWN,
        /** It arrives more than once, perhaps much later. */
        DOUBLED,
        /** It does not arrive. */
        LOST
    }
}
