package dev.backfleet.coordinator.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.dispatch.DispatchPolicy.FleetLoad;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.Grant;
import dev.backfleet.coordinator.dispatch.DispatchPolicy.JobLoad;
import java.util.List;
import org.junit.jupiter.api.Test;

class OldestFirstTest {
    private static final boolean PENDING = true;

    @Test
    void without_workers_nothing_is_published() {
        assertThat(choose(0, job(1, 8, 0, 0))).isEmpty();
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
    void the_next_job_gets_what_the_oldest_leaves() {
        assertThat(choose(8, job(1, 3, 0, 0), job(2, 20, 0, 0))).containsExactly(new Grant(1, 3), new Grant(2, 7));
    }

    @Test
    void a_job_without_pending_shards_gets_nothing() {
        assertThat(choose(4, new JobLoad(1, 8, 0, 1, !PENDING, 0))).isEmpty();
    }

    private static List<Grant> choose(int slots, JobLoad... jobs) {
        return new OldestFirst().choose(new FleetLoad(slots, List.of(jobs)));
    }

    private static JobLoad job(long id, int concurrency, int dispatched, int running) {
        return new JobLoad(id, concurrency, dispatched, running, PENDING, 0);
    }
}
