package dev.backfleet.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.dispatch.FleetLoad.Grant;
import dev.backfleet.coordinator.dispatch.FleetLoad.JobLoad;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which jobs have shards split for idle slots. */
class StragglersTest {

    private static JobLoad job(long id, int concurrency, int dispatched, int running, boolean pending) {
        return new JobLoad(id, concurrency, dispatched, running, pending ? 1 : 0, 1, 0);
    }

    private static List<Grant> choose(int slots, JobLoad... jobs) {
        return Stragglers.choose(new FleetLoad(slots, List.of(jobs)));
    }

    @Test
    void the_last_shard_is_split_once_at_a_time() {
        assertThat(choose(8, job(1, 8, 0, 1, false))).containsExactly(new Grant(1, 1));
    }

    @Test
    void no_more_parts_are_made_than_slots_are_idle() {
        assertThat(choose(8, job(1, 8, 1, 5, false))).containsExactly(new Grant(1, 2));
        assertThat(choose(8, job(1, 8, 0, 8, false))).isEmpty();
    }

    @Test
    void of_a_large_fleet_no_more_are_split_at_once_than_dispatching_can_wait_for() {
        assertThat(choose(40_000, job(1, 40_000, 0, 1_000, false))).containsExactly(new Grant(1, 50));
        assertThat(choose(40_000, job(1, 40_000, 0, 30, false), job(2, 40_000, 0, 1_000, false)))
                .containsExactly(new Grant(1, 30), new Grant(2, 20));
    }

    @Test
    void nothing_is_split_while_shards_wait() {
        assertThat(choose(8, job(1, 8, 0, 2, true))).isEmpty();
    }

    @Test
    void a_job_gets_no_more_slots_than_it_may_use() {
        assertThat(choose(8, job(1, 3, 0, 2, false))).containsExactly(new Grant(1, 1));
    }

    @Test
    void slots_that_other_jobs_use_are_not_idle() {
        assertThat(choose(8, job(1, 8, 0, 6, true), job(2, 8, 0, 2, false))).isEmpty();
        assertThat(choose(8, job(1, 8, 0, 3, false), job(2, 8, 0, 3, false))).containsExactly(new Grant(1, 2));
    }
}
