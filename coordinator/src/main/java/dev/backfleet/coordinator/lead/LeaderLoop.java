package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.List;

/** Runs the leader's short duties, one after another on one thread, each when it is due. */
public final class LeaderLoop {
    private final List<Scheduled> duties;
    private final Interval tick;
    private final Duty.Runner runner;

    /**
     * Creates the loop.
     *
     * @param duties in the order in which they run
     * @param tick how often the duties of each tick run, however many events there are
     * @param runner what runs a duty; if it throws, the round ends
     */
    public LeaderLoop(List<Duty> duties, Duration tick, Duty.Runner runner, Ticker ticker) {
        this.duties = duties.stream()
                .map(duty -> new Scheduled(duty, new Interval(duty.every(), ticker)))
                .toList();
        this.tick = new Interval(tick, ticker);
        this.runner = runner;
    }

    /**
     * Runs the duties that are due.
     *
     * @param epoch the epoch under which this coordinator leads
     * @param woken whether an event caused this round; otherwise a tick has passed
     */
    public void runOnce(long epoch, boolean woken) {
        var ticked = !woken || tick.isDue();
        for (var scheduled : duties) {
            var duty = scheduled.duty;
            if (isDue(scheduled, ticked)) {
                runner.run(duty.name(), () -> duty.work().accept(epoch));
            }
        }
    }

    private static boolean isDue(Scheduled scheduled, boolean ticked) {
        return switch (scheduled.duty.pace()) {
            case ROUND -> true;
            case TICK -> ticked;
            case INTERVAL -> scheduled.interval.isDue();
        };
    }

    private record Scheduled(Duty duty, Interval interval) {}
}
