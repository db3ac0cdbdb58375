package dev.backfleet.benchmark.live;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;

/**
 * One connection of the application. It runs due transactions, and overdue ones at once, so that a delayed transaction
 * delays those behind it. A latency is measured from the transaction's scheduled time.
 */
final class Connected {
    private final Schedule schedule;
    private final OpenLoop.Session session;
    private final Ticker ticker;
    private final Sleeper sleeper;

    Connected(Schedule schedule, OpenLoop.Session session, Ticker ticker, Sleeper sleeper) {
        this.schedule = schedule;
        this.session = session;
        this.ticker = ticker;
        this.sleeper = sleeper;
    }

    void run() throws InterruptedException {
        while (true) {
            var number = schedule.take();
            var due = schedule.due(number);
            sleeper.sleep(Duration.ofNanos(due - ticker.now().toNanos()));
            if (schedule.isOver(due)) {
                return;
            }
            var error = session.transact(number);
            var latency = Math.max(0, ticker.now().toNanos() - due);
            schedule.turn(due).add(latency, error);
        }
    }
}
