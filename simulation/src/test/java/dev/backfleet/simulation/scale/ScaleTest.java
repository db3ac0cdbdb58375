package dev.backfleet.simulation.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a fleet costs its coordinator grows as docs/scale.md says. Counted, never timed. */
class ScaleTest {
    private static final boolean FULL = "full".equals(System.getProperty("backfleet.scale"));
    private static final Path REPORT = Path.of("target", "scale.md");

    @BeforeAll
    static void nobody_reads_a_million_logs() {
        ((Logger) LoggerFactory.getLogger("dev.backfleet")).setLevel(Level.OFF);
    }

    private static ModelFleet fleet(int workers, int shards) {
        var fleet = new ModelFleet(workers, List.of(job(1, 2, workers, shards)));
        fleet.run();
        return fleet;
    }

    private static ModelJob job(long id, int weight, int workers, int shards) {
        return new ModelJob(id, weight, workers * ModelFleet.SLOTS, shards, new Random(id));
    }

    @Test
    void a_task_costs_no_more_however_many_shards_a_job_has() {
        var few = fleet(30, 6_000).meter;
        var many = fleet(30, FULL ? 400_000 : 24_000).meter;
        assertThat(many.perTask(many.statements)).isLessThan(few.perTask(few.statements) * 1.1);
        assertThat(many.perTask(many.entries)).isLessThan(few.perTask(few.entries) * 1.1);
        assertThat(many.perTask(many.events)).isLessThan(few.perTask(few.events) * 1.1);
    }

    @Test
    void a_task_needs_fewer_statements_the_more_workers_there_are() {
        var small = fleet(10, 2_000).meter;
        var large = fleet(100, 10_000).meter;
        assertThat(large.perTask(large.statements)).isLessThan(small.perTask(small.statements) / 3);
    }

    @Test
    void slots_do_not_wait_for_tasks() {
        assertThat(fleet(10, 2_000).used()).isGreaterThan(0.95);
        assertThat(fleet(100, 10_000).used()).isGreaterThan(0.95);
    }

    @Test
    void jobs_share_the_slots_by_weight_however_many_workers_there_are() {
        for (var workers : FULL ? List.of(10, 100, 1_000, 10_000) : List.of(10, 50)) {
            var shares = shares(workers);
            assertThat(shares)
                    .as("%d workers: %s", workers, shares)
                    .satisfiesExactly(
                            low -> assertThat(low).isCloseTo(1 / 7.0, within(0.03)),
                            normal -> assertThat(normal).isCloseTo(2 / 7.0, within(0.03)),
                            high -> assertThat(high).isCloseTo(4 / 7.0, within(0.03)));
        }
    }

    /** The shares of the slots' time of three jobs of priority low, normal and high, while all have shards waiting. */
    private static List<Double> shares(int workers) {
        var jobs = IntStream.rangeClosed(1, 3)
                .mapToObj(id -> job(id, 1 << (id - 1), workers, workers * ModelFleet.SLOTS * 20))
                .toList();
        var fleet = new ModelFleet(workers, jobs);
        fleet.runUntil(() -> jobs.stream().anyMatch(job -> job.pending() == 0 && fleet.clock.now() > 10_000_000));
        var all = jobs.stream().mapToDouble(ModelJob::worked).sum();
        return jobs.stream().map(job -> job.worked() / all).toList();
    }

    @Test
    void small_tenants_do_not_wait_for_a_very_large_one() {
        var workers = FULL ? 1_000 : 100;
        var job = job(1, 2, workers, workers * ModelFleet.SLOTS * 25);
        var fleet = new ModelFleet(workers, List.of(job));
        fleet.run();
        var lastSmall = job.tenants.stream()
                .filter(tenant -> tenant.size == 1)
                .mapToLong(tenant -> tenant.doneAt)
                .max();
        // They own a fifth of the shards, and each of the larger ones has one shard before them.
        assertThat((double) lastSmall.orElseThrow() / fleet.clock.now()).isLessThan(0.3);
    }

    @Test
    void the_cost_curve_is_written_down() throws IOException {
        var table = new CostCurve(FULL).table();
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, table);
        assertThat(table.lines().count()).isGreaterThan(4);
    }
}
