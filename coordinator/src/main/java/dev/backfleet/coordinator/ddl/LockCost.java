package dev.backfleet.coordinator.ddl;

import java.time.Duration;

/**
 * What the locks of a change have cost so far.
 *
 * @param requests requests for the lock itself
 * @param waited from the first look to the last move
 * @param heldUp how long requests and locks together could hold statements of the application up
 * @param longest the longest of these at a time
 */
public record LockCost(int requests, Duration waited, Duration heldUp, Duration longest) {
    public static final LockCost NONE = new LockCost(0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** After a further request, or a lock that was held. */
    LockCost heldUpFor(Duration time) {
        return new LockCost(requests, waited, heldUp.plus(time), time.compareTo(longest) > 0 ? time : longest);
    }

    LockCost requested() {
        return new LockCost(requests + 1, waited, heldUp, longest);
    }

    LockCost waited(Duration time) {
        return new LockCost(requests, time, heldUp, longest);
    }

    /** What was spent since then. */
    public LockCost since(LockCost before) {
        return new LockCost(
                requests - before.requests, waited.minus(before.waited), heldUp.minus(before.heldUp), longest);
    }
}
