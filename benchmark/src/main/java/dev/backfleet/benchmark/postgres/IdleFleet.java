package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.benchmark.live.Phase;
import dev.backfleet.common.clock.Sleeper;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * A fleet that has no job: what its processes cost by being there.
 *
 * @param start starts a fleet, and returns when it is ready
 * @param rows how many rows the table has
 */
public record IdleFleet(Callable<? extends AutoCloseable> start, long rows) implements Backfill {

    @Override
    public Changed run(Duration time, Application application) throws Exception {
        application.alone(time);
        try (var fleet = start.call()) {
            application.enter(Phase.BESIDE);
            Sleeper.system().sleep(time);
            application.enter(Phase.BETWEEN);
        }
        return new Changed(0, time.toNanos() / 1e9, false);
    }

    @Override
    public String where() {
        return Window.ofTime(rows);
    }
}
