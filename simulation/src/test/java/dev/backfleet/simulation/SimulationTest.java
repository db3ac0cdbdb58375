package dev.backfleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thousands of fleets, each with faults of its own. */
class SimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
    private static final long SEEDS = Long.getLong("backfleet.seeds", 10_000);
    private static final long FIRST = Long.getLong("backfleet.first-seed", 1);

    @BeforeAll
    static void nobody_reads_a_million_logs() {
        Quietly.please();
    }

    @Test
    void every_row_is_changed_once_and_every_job_ends_whatever_happens() {
        var steps = new AtomicLong();
        var faults = new AtomicLong();
        var rows = new AtomicLong();
        var seconds = new AtomicLong();
        LongStream.range(FIRST, FIRST + SEEDS).parallel().forEach(seed -> {
            var tally = live(seed);
            steps.addAndGet(tally.steps);
            faults.addAndGet(tally.faults);
            rows.addAndGet(tally.rows);
            seconds.addAndGet(tally.virtualSeconds);
        });
        LOG.atInfo()
                .addKeyValue("seeds", SEEDS)
                .addKeyValue("from", FIRST)
                .addKeyValue("faults", faults.get())
                .addKeyValue("rows", rows.get())
                .addKeyValue("steps", steps.get())
                .addKeyValue("virtualHours", seconds.get() / 3600)
                .log("simulated");
        assertThat(faults.get()).as("faults injected").isGreaterThan(5 * SEEDS);
    }

    private static World.Tally live(long seed) {
        try {
            return new World(seed, Mutant.NONE).run();
        } catch (Violation e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "; again with -Dbackfleet.seeds=1"
                            + " -Dbackfleet.first-seed=" + seed,
                    e);
        }
    }
}
