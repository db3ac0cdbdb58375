package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Interval;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.dispatch.Dispatcher;
import dev.backfleet.coordinator.dispatch.StragglerSplitter;
import dev.backfleet.coordinator.duty.Rollouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which of the leader's short duties are done when, by the one thread that does them. */
public final class LeaderLoop {
    private static final Duration LOOK_WIDE = Duration.ofMillis(500);

    private final Dispatcher dispatcher;
    private final Rollouts rollouts;
    private final BooleanSupplier split;
    private final List<Runnable> eachTick;
    private final Interval tick;
    private final Interval wide;

    /**
     * Creates them without splitting, which another thread does.
     *
     * @param eachTick what else is to be done with each tick, in this order
     * @param tick how often time is looked at, however much happens
     */
    public LeaderLoop(Dispatcher dispatcher, Rollouts rollouts, List<Runnable> eachTick, Duration tick, Ticker ticker) {
        this(dispatcher, rollouts, () -> false, eachTick, tick, ticker);
    }

    /**
     * Creates them with splitting, all on one thread.
     *
     * @param eachTick what else is to be done with each tick, in this order
     * @param tick how often time is looked at, however much happens
     */
    public LeaderLoop(
            Dispatcher dispatcher,
            Rollouts rollouts,
            StragglerSplitter splitter,
            List<Runnable> eachTick,
            Duration tick,
            Ticker ticker) {
        this(dispatcher, rollouts, splitter::runOnce, eachTick, tick, ticker);
    }

    private LeaderLoop(
            Dispatcher dispatcher,
            Rollouts rollouts,
            BooleanSupplier split,
            List<Runnable> eachTick,
            Duration tick,
            Ticker ticker) {
        this.dispatcher = dispatcher;
        this.rollouts = rollouts;
        this.split = split;
        this.eachTick = List.copyOf(eachTick);
        this.tick = new Interval(tick, ticker);
        this.wide = new Interval(LOOK_WIDE, ticker);
    }

    /**
     * Does what is due.
     *
     * @param epoch the epoch under which this coordinator leads
     * @param woken whether something happened, or only time has passed
     */
    public void runOnce(long epoch, boolean woken) {
        var duties = new ArrayList<Runnable>();
        // What happened makes room for tasks; what time brings is looked at with each tick, in a storm of events too.
        duties.add(() -> dispatcher.runOnce(epoch));
        if (!woken || tick.isDue()) {
            duties.addAll(eachTick);
        }
        if (wide.isDue()) {
            duties.add(rollouts::runOnce);
            duties.add(() -> {
                if (split.getAsBoolean()) {
                    dispatcher.runOnce(epoch);
                }
            });
        }
        each(duties);
    }

    // One that fails keeps none of the others from being done; the round then fails as the first of them did.
    private static void each(List<Runnable> duties) {
        RuntimeException first = null;
        for (var duty : duties) {
            try {
                duty.run();
            } catch (RuntimeException e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
