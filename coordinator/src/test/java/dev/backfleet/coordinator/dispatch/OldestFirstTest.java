package dev.backfleet.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.Grant;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oldest job gets what it may use; the window stays bounded. */
class OldestFirstTest {
    private final OldestFirst policy = new OldestFirst();

    private List<Grant> choose(int slots, JobLoad... jobs) {
        return policy.choose(new FleetLoad(slots, List.of(jobs)));
    }

    private static JobLoad job(long id, int concurrency, int dispatched, int running) {
        return new JobLoad(id, concurrency, dispatched, running, true, 0);
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
    void the_oldest_job_comes_first_and_the_next_gets_what_is_left() {
        assertThat(choose(9, job(1, 4, 1, 1), job(2, 8, 0, 0))).containsExactly(new Grant(1, 2), new Grant(2, 7));
        assertThat(choose(4, job(1, 8, 0, 0), job(2, 8, 0, 0))).containsExactly(new Grant(1, 6));
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
        assertThat(choose(4, new JobLoad(1, 8, 0, 1, false, 0), job(2, 2, 0, 0)))
                .containsExactly(new Grant(2, 2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void no_grant_exceeds_a_jobs_concurrency_or_the_window(long seed) {
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++) {
            var slots = random.nextInt(30);
            var jobs = new ArrayList<JobLoad>();
            for (var id = 1; id <= random.nextInt(6); id++) {
                jobs.add(new JobLoad(
                        id, 1 + random.nextInt(10), random.nextInt(5), random.nextInt(5), random.nextBoolean(), 0));
            }
            var load = new FleetLoad(slots, jobs);
            var grants = policy.choose(load);
            var granted = grants.stream().mapToInt(Grant::tasks).sum();
            if (granted > 0) {
                assertThat(granted + load.outstanding())
                        .as("seed %s, round %s", seed, round)
                        .isLessThanOrEqualTo(slots + Math.max(2, slots / 4));
            }
            assertThat(grants).as("seed %s, round %s", seed, round).allSatisfy(grant -> {
                var job = jobs.get((int) grant.job() - 1);
                assertThat(grant.tasks()).isPositive();
                if (slots > job.concurrency()) {
                    assertThat(grant.tasks() + job.outstanding()).isLessThanOrEqualTo(job.concurrency());
                }
                assertThat(job.pending()).isTrue();
            });
        }
    }
}
