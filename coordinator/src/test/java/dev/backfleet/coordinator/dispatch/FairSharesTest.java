package dev.backfleet.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfleet.coordinator.dispatch.FleetLoad.Grant;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots are shared by weight; none is idle while a job may use it; the window stays bounded. */
class FairSharesTest {
    private List<Grant> choose(int slots, JobLoad... jobs) {
        return FairShares.choose(new FleetLoad(slots, List.of(jobs)));
    }

    private static JobLoad job(long id, int concurrency, int dispatched, int running) {
        return new JobLoad(id, concurrency, dispatched, running, 1_000, 2, 0);
    }

    private static JobLoad weighing(long id, int weight) {
        return new JobLoad(id, 100, 0, 0, 1_000, weight, 0);
    }

    @Test
    void without_workers_nothing_is_published() {
        assertThat(choose(0, job(1, 8, 0, 0))).isEmpty();
    }

    @Test
    void the_window_is_the_slots_and_a_small_reserve() {
        assertThat(choose(4, job(1, 100, 0, 0))).containsExactly(new Grant(1, 6));
        assertThat(choose(40, job(1, 100, 0, 0))).containsExactly(new Grant(1, 50));
        assertThat(choose(4, job(1, 100, 2, 4))).isEmpty();
    }

    @Test
    void a_job_that_may_use_all_slots_gets_a_reserve_beyond_them() {
        assertThat(choose(2, job(1, 2, 0, 0))).containsExactly(new Grant(1, 4));
        assertThat(choose(2, job(1, 2, 1, 2))).containsExactly(new Grant(1, 1));
        assertThat(choose(2, job(1, 2, 2, 2))).isEmpty();
    }

    @Test
    void a_job_gets_no_reserve_where_other_slots_would_take_it() {
        assertThat(choose(3, job(1, 2, 0, 0))).containsExactly(new Grant(1, 2));
        assertThat(choose(3, job(1, 2, 0, 2))).isEmpty();
    }

    @Test
    void a_job_without_waiting_shards_is_passed_over() {
        assertThat(choose(4, new JobLoad(1, 8, 0, 1, 0, 2, 0), job(2, 2, 0, 0))).containsExactly(new Grant(2, 2));
    }

    @Test
    void jobs_of_one_priority_share_equally_and_of_two_the_older_gets_the_odd_one() {
        assertThat(choose(6, weighing(1, 2), weighing(2, 2)))
                .containsExactlyInAnyOrder(new Grant(1, 4), new Grant(2, 4));
        assertThat(choose(5, weighing(1, 2), weighing(2, 2)))
                .containsExactlyInAnyOrder(new Grant(1, 4), new Grant(2, 3));
    }

    @Test
    void low_normal_and_high_share_as_1_to_2_to_4() {
        assertThat(choose(12, weighing(1, 1), weighing(2, 2), weighing(3, 4)))
                .containsExactlyInAnyOrder(new Grant(1, 3), new Grant(2, 4), new Grant(3, 8));
    }

    @Test
    void what_one_job_cannot_use_is_the_others() {
        assertThat(choose(12, new JobLoad(1, 2, 0, 0, 1_000, 4, 0), weighing(2, 1)))
                .containsExactlyInAnyOrder(new Grant(1, 2), new Grant(2, 13));
    }

    @Test
    void who_has_had_less_comes_first() {
        var had = weighing(1, 2).served(30);
        assertThat(choose(2, had, weighing(2, 2))).containsExactly(new Grant(2, 4));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void no_grant_exceeds_a_jobs_room_or_the_window(long seed) {
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++) {
            var slots = random.nextInt(30);
            var jobs = new ArrayList<JobLoad>();
            var many = random.nextInt(6);
            for (var id = 1; id <= many; id++) {
                jobs.add(new JobLoad(
                        id,
                        1 + random.nextInt(10),
                        random.nextInt(5),
                        random.nextInt(5),
                        random.nextInt(12),
                        1 << random.nextInt(3),
                        random.nextDouble() * 20));
            }
            assertBounded(new FleetLoad(slots, jobs), "seed " + seed + ", round " + round);
        }
    }

    private void assertBounded(FleetLoad load, String round) {
        var grants = FairShares.choose(load);
        var granted = grants.stream().mapToInt(Grant::tasks).sum();
        var window = load.slots() + Math.max(2, load.slots() / 4);
        if (granted > 0) {
            assertThat(granted + load.outstanding()).as(round).isLessThanOrEqualTo(window);
        }
        var room = load.jobs().stream().mapToInt(job -> job.room(load.slots())).sum();
        if (load.slots() > 0 && granted + load.outstanding() < window) {
            assertThat(granted).as("no slot idle; %s", round).isEqualTo(room);
        }
        assertThat(grants).as(round).allSatisfy(grant -> {
            var job = load.jobs().get((int) grant.job() - 1);
            assertThat(grant.tasks()).isPositive().isLessThanOrEqualTo(job.pending());
            if (load.slots() > job.concurrency()) {
                assertThat(grant.tasks() + job.outstanding()).isLessThanOrEqualTo(job.concurrency());
            }
        });
    }

    /** Slots that take a waiting task at random when they are free, as a share group gives them out. */
    private static final class Simulated {
        private final SlotUsage service = new SlotUsage();
        private final Random random;
        private final int slots;
        private final Map<Long, Integer> weights;
        private final List<Long> published = new ArrayList<>();
        private final List<long[]> running = new ArrayList<>();
        private final Map<Long, Double> had = new HashMap<>();
        private long now;

        Simulated(Random random, int slots, Map<Long, Integer> weights) {
            this.random = random;
            this.slots = slots;
            this.weights = weights;
        }

        void runUntil(long tenths) {
            for (; now < tenths; now++) {
                running.removeIf(task -> task[1] <= now);
                while (running.size() < slots && !published.isEmpty()) {
                    var job = published.remove(random.nextInt(published.size()));
                    running.add(new long[] {job, now + 20 + random.nextInt(80)});
                }
                running.forEach(task -> had.merge(task[0], 0.1, Double::sum));
                for (var grant : FairShares.choose(service.counted(load(), Duration.ofMillis(now * 100)))) {
                    for (var i = 0; i < grant.tasks(); i++) {
                        published.add(grant.job());
                    }
                }
            }
        }

        private FleetLoad load() {
            var jobs = weights.keySet().stream()
                    .sorted()
                    .map(id -> new JobLoad(
                            id,
                            100,
                            (int) published.stream().filter(id::equals).count(),
                            (int) running.stream().filter(task -> task[0] == id).count(),
                            1_000,
                            weights.getOrDefault(id, 1),
                            0))
                    .toList();
            return new FleetLoad(slots, jobs);
        }

        double share(long job) {
            var all = had.values().stream().mapToDouble(Double::doubleValue).sum();
            return had.getOrDefault(job, 0.0) / all;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8, 12})
    void over_time_each_job_has_its_share_however_few_slots_there_are(int slots) {
        var fleet = new Simulated(new Random(slots), slots, Map.of(1L, 1, 2L, 2, 3L, 4));
        fleet.runUntil(12_000);
        assertThat(fleet.share(1)).as("low").isCloseTo(1 / 7.0, within(0.03));
        assertThat(fleet.share(2)).as("normal").isCloseTo(2 / 7.0, within(0.03));
        assertThat(fleet.share(3)).as("high").isCloseTo(4 / 7.0, within(0.03));
    }

    @Test
    void a_job_that_comes_later_is_not_owed_the_time_before_it_came() {
        var weights = new HashMap<>(Map.of(1L, 2));
        var fleet = new Simulated(new Random(5), 4, weights);
        fleet.runUntil(6_000);
        weights.put(2L, 2);
        fleet.had.clear();
        fleet.runUntil(12_000);
        assertThat(fleet.share(2)).isCloseTo(0.5, within(0.03));
    }

    /** Task by task, each for the job that has had the least: what the policy does without looking at every job each time. */
    private static Map<Long, Integer> oneByOne(FleetLoad load) {
        var granted = new HashMap<Long, Integer>();
        for (var free = load.slots() + Math.max(2, load.slots() / 4) - load.outstanding(); free > 0; free--) {
            JobLoad best = null;
            var least = Double.POSITIVE_INFINITY;
            for (var job : load.jobs()) {
                int already = granted.getOrDefault(job.job(), 0);
                var due = job.served() + 10.0 * (job.outstanding() + already) / job.weight();
                if (already < job.room(load.slots()) && due < least) {
                    best = job;
                    least = due;
                }
            }
            if (best == null) {
                break;
            }
            granted.merge(best.job(), 1, Integer::sum);
        }
        return granted;
    }

    @Test
    void it_is_the_same_as_choosing_one_task_after_another() {
        var random = new Random(11);
        for (var round = 0; round < 500; round++) {
            var jobs = new ArrayList<JobLoad>();
            for (var id = 1; id <= 1 + random.nextInt(12); id++) {
                var weight = 1 << random.nextInt(3);
                jobs.add(new JobLoad(
                        id,
                        1 + random.nextInt(30),
                        random.nextInt(5),
                        random.nextInt(9),
                        random.nextInt(40),
                        weight,
                        random.nextInt(20)));
            }
            var load = new FleetLoad(1 + random.nextInt(200), jobs);
            var chosen = new HashMap<Long, Integer>();
            FairShares.choose(load).forEach(grant -> chosen.put(grant.job(), grant.tasks()));
            assertThat(chosen).as("%s", load).isEqualTo(oneByOne(load));
        }
    }
}
