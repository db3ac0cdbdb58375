package dev.backfleet.coordinator.timekeeping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a second goes to, by what is known of the job. */
class JobMomentTest {

    private static TimeCause cause(String facts) {
        return new JobMoment(
                        1,
                        JobState.RUNNING,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        false,
                        facts.contains("stop") ? 0 : 1,
                        facts.contains("stop") ? "wal-rate" : null,
                        false,
                        new JobMoment.Facts(
                                facts.contains("fleet"),
                                !facts.contains("closed"),
                                facts.contains("wave"),
                                !facts.contains("noworker"),
                                facts.contains("running") ? 3 : 0,
                                facts.contains("waiting"),
                                facts.contains("held"),
                                facts.contains("locks"),
                                facts.contains("limit"),
                                !facts.contains("still")))
                .cause();
    }

    @ParameterizedTest
    @CsvSource({
        "running, WORKING",
        "running limit, AT_LIMIT",
        "running still, NO_PROGRESS",
        "running locks, LOCKS",
        "running locks limit still, LOCKS",
        "running locks stop, THROTTLED",
        "waiting locks, LOCKS",
        "locks, WORKING",
        "running fleet, FLEET_PAUSED",
        "running closed, OUTSIDE_WINDOW",
        "running stop, THROTTLED",
        "stop waiting noworker, THROTTLED",
        "waiting, WAITS_FOR_SLOT",
        "waiting noworker, NO_WORKER",
        "wave, WAITS_FOR_WAVE",
        "wave running, WORKING",
        "held, PAUSED",
        "held waiting, WAITS_FOR_SLOT",
        "none, WORKING"
    })
    void of_a_running_job(String facts, TimeCause cause) {
        assertThat(cause(facts)).isEqualTo(cause);
    }

    @ParameterizedTest
    @CsvSource({"PLANNING, PLANNING", "PAUSING, PAUSED", "PAUSED, PAUSED", "HALTED, HALTED", "CANCELLING, PAUSED"})
    void of_another_job(JobState state, TimeCause cause) {
        assertThat(moment(state, false).shares()).isEqualTo(Map.of(Spent.on(cause), 1.0));
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSING", "PAUSED"})
    void a_job_that_paused_itself_is_in_trouble(JobState state) {
        assertThat(moment(state, true).cause()).isEqualTo(TimeCause.TROUBLE);
    }

    private static JobMoment moment(JobState state, boolean trouble) {
        return new JobMoment(
                1,
                state,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                false,
                0.5,
                "wal-rate",
                trouble,
                new JobMoment.Facts(false, true, false, true, 1, false, false, false, false, true));
    }

    @ParameterizedTest
    @EnumSource
    void a_cause_is_read_as_it_is_stored(TimeCause cause) {
        assertThat(TimeCause.of(cause.text())).isEqualTo(cause);
    }
}
