package dev.backfleet.coordinator.duty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What has come to its end is ended, and said goodbye to. */
class JobCompletionTest {
    private final Map<JobState, List<Long>> jobs = new EnumMap<>(JobState.class);
    private final List<String> done = new ArrayList<>();
    private final List<Long> forgotten = new ArrayList<>();
    private List<JobState> finished = List.of();
    private boolean kafkaAway;

    private void run() {
        new JobCompletion(new FakeJobs(), job -> {
                    if (kafkaAway) {
                        throw new IllegalStateException("away");
                    }
                    forgotten.add(job);
                })
                .runOnce();
    }

    @Test
    void pausing_and_cancelling_jobs_are_quiesced() {
        jobs.put(JobState.PAUSING, List.of(1L));
        jobs.put(JobState.CANCELLING, List.of(2L, 3L));
        run();
        assertThat(done)
                .containsExactly("quiet fleet if paused", "quiet halted", "1 PAUSED", "2 CANCELLED", "3 CANCELLED");
        assertThat(forgotten).as("what is paused goes on one day").containsExactly(2L, 3L);
    }

    @Test
    void a_running_job_is_finished_when_it_can_be() {
        jobs.put(JobState.RUNNING, List.of(1L));
        run();
        assertThat(forgotten).isEmpty();
        finished = List.of(JobState.SUCCEEDED);
        run();
        assertThat(forgotten).containsExactly(1L);
    }

    @Test
    void a_job_ends_even_when_its_control_records_cannot_be_taken_away() {
        kafkaAway = true;
        finished = List.of(JobState.FAILED);
        jobs.put(JobState.RUNNING, List.of(1L, 2L));
        run();
        assertThat(done).contains("finish 1", "finish 2");
    }

    /** Jobs that move as the test says. */
    private final class FakeJobs implements JobCompletion.Jobs {
        @Override
        public List<Long> inState(JobState state) {
            return jobs.getOrDefault(state, List.of());
        }

        @Override
        public List<JobState> quiesce(long job, JobState to) {
            done.add(job + " " + to);
            return List.of(to);
        }

        @Override
        public void quiesceHalted() {
            done.add("quiet halted");
        }

        @Override
        public void quiesceFleetIfPaused() {
            done.add("quiet fleet if paused");
        }

        @Override
        public List<JobState> finish(long job) {
            done.add("finish " + job);
            return finished;
        }
    }
}
