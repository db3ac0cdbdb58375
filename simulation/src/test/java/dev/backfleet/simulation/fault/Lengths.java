package dev.backfleet.simulation.fault;

import dev.backfleet.simulation.time.Timeline;
import java.util.Random;

/**
 * How long faults last: from 50 ms to 120 s, each order of magnitude as often as the others, until a run's budget is used
 * up; after that, the shortest time.
 */
public final class Lengths {
    private static final double SHORTEST = 50_000;
    private static final double LONGEST = 120_000_000;
    private static final long LONG = 20_000_000;

    private final Random random;
    private final Timeline time;
    private double left;
    private long end;
    private int outages;

    Lengths(Random random, Timeline time) {
        this.random = random;
        this.time = time;
        this.left = draw() + draw() + draw();
    }

    /** How long the next fault lasts. */
    public long next() {
        var length = (long) Math.max(SHORTEST, Math.min(left, draw()));
        left -= length;
        end = Math.max(end, time.now() + length);
        return length;
    }

    /** As {@link #next}, for an outage of a whole server. */
    public long outage() {
        var length = next();
        outages += length >= LONG ? 1 : 0;
        return length;
    }

    private double draw() {
        return SHORTEST * StrictMath.exp(random.nextDouble() * StrictMath.log(LONGEST / SHORTEST));
    }

    /** How many long outages of a whole server there were. */
    public int longOutages() {
        return outages;
    }

    /** When the last of them is over. */
    public long end() {
        return end;
    }
}
