package dev.backfleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import dev.backfleet.simulation.server.Tally;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thousands of fleets, each with faults of its own. */
class SimulationTest {
    private static final Logger LOG = LoggerFactory.getLogger(SimulationTest.class);
    private static final long SEEDS = Long.getLong("backfleet.seeds", 1_500);
    private static final long FIRST = Long.getLong("backfleet.first-seed", 1);

    @BeforeAll
    static void nobody_reads_a_million_logs() {
        QuietLogging.please();
    }

    @Test
    void every_row_is_changed_once_and_every_job_ends_whatever_happens() {
        var sum = new Tally();
        LongStream.range(FIRST, FIRST + SEEDS).parallel().forEach(seed -> {
            var tally = live(seed);
            synchronized (sum) {
                sum.add(tally);
            }
        });
        LOG.atInfo()
                .addKeyValue("seeds", SEEDS)
                .addKeyValue("from", FIRST)
                .addKeyValue("faults", sum.faults)
                .addKeyValue("rows", sum.rows)
                .addKeyValue("splits", sum.splits)
                .addKeyValue("turns", sum.turns)
                .addKeyValue("carvings", sum.isolations)
                .addKeyValue("waves", sum.waves)
                .addKeyValue("reservations", sum.reservations)
                .addKeyValue("momentsWithTwoLeaders", sum.twoLeaders)
                .addKeyValue("quarantined", sum.quarantined)
                .addKeyValue("budgetsSpent", sum.budgetsSpent)
                .addKeyValue("failedShards", sum.failedShards)
                .addKeyValue("shardRetries", sum.shardRetries)
                .addKeyValue("rowRetries", sum.rowRetries)
                .addKeyValue("longOutages", sum.longOutages)
                .addKeyValue("foundWrong", sum.foundWrong)
                .addKeyValue("kept", sum.kept)
                .addKeyValue("copied", sum.copied)
                .addKeyValue("undos", sum.undos)
                .addKeyValue("putBack", sum.putBack)
                .addKeyValue("notPutBack", sum.notPutBack)
                .addKeyValue("steps", sum.steps)
                .addKeyValue("virtualHours", sum.virtualSeconds / 3600)
                .log("simulated");
        if (SEEDS >= 1_000) {
            enough(sum);
        }
    }

    // A run counts only if it did what it set out to.
    private static void enough(Tally sum) {
        assertThat(sum.faults).as("faults").isGreaterThan(Math.toIntExact(5 * SEEDS));
        assertThat((long) sum.splits).as("splits").isGreaterThan(SEEDS / 4);
        assertThat((long) sum.turns).as("passes after the first").isGreaterThan(SEEDS);
        assertThat((long) sum.isolations).as("carvings").isGreaterThan(SEEDS / 4);
        assertThat((long) sum.waves).as("waves begun").isGreaterThan(SEEDS / 10);
        assertThat((long) sum.reservations).as("reservations").isGreaterThan(5 * SEEDS);
        assertThat((long) sum.twoLeaders).as("moments with two leaders").isGreaterThan(SEEDS / 10);
        assertThat((long) sum.quarantined).as("rows in quarantine").isGreaterThan(SEEDS / 2);
        assertThat((long) sum.budgetsSpent).as("error budgets spent").isGreaterThan(SEEDS / 20);
        assertThat((long) sum.shardRetries).as("retries of FAILED shards").isGreaterThan(SEEDS / 30);
        assertThat((long) sum.rowRetries).as("retried rows").isGreaterThan(SEEDS / 8);
        assertThat((long) sum.retriesBesideFinish)
                .as("retries while a job was being finished")
                .isGreaterThan(SEEDS / 1_000);
        assertThat((long) sum.foundWrong)
                .as("rows that comparisons found wrong")
                .isGreaterThan(SEEDS);
        assertThat((long) sum.copied).as("copied rows").isGreaterThan(SEEDS);
        assertThat((long) sum.undos).as("undos").isGreaterThan(SEEDS / 10);
        assertThat((long) sum.putBack).as("rows that undos put back").isGreaterThan(SEEDS);
        assertThat((long) sum.notPutBack)
                .as("rows that undos left to the application")
                .isGreaterThan(SEEDS / 10);
        assertThat((long) sum.longOutages)
                .as("outages of a server of 20 s and more")
                .isGreaterThan(SEEDS / 30);
    }

    /** The same seed gives the same steps, so that a failure can be reproduced. */
    @Test
    void a_seed_is_replayed_exactly() {
        for (var seed = FIRST; seed < FIRST + 20; seed++) {
            assertThat(live(seed)).usingRecursiveComparison().isEqualTo(live(seed));
        }
    }

    private static Tally live(long seed) {
        try {
            return new World(seed, Mutant.NONE).run();
        } catch (Violation e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "; again with: " + again(seed), e);
        }
    }

    private static String again(long seed) {
        return "mvn -pl simulation -am test -Dtest=SimulationTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dbackfleet.seeds=1 -Dbackfleet.first-seed=" + seed;
    }
}
