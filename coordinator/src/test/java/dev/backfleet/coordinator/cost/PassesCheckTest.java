package dev.backfleet.coordinator.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.problem.ToldProblems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Passes whose updates do not stay on their pages are ended; nothing is concluded from too few, or from those of others. */
class PassesCheckTest {
    private final List<Long> merged = new ArrayList<>();
    private PassesCheck.Reading reading = at(0, 0, 0);

    private final PassesCheck check = new PassesCheck(
            new PassesCheck.Updates() {
                @Override
                public List<PassesCheck.Reading> inPasses() {
                    return List.of(reading);
                }

                @Override
                public void merge(long job, double share) {
                    merged.add(job);
                }
            },
            new EachJob(PassesCheck.WHAT, new ToldProblems(), () -> Duration.ZERO));

    // Two slots, shards of 1,000 rows: 4,000 rows are looked at.
    private static PassesCheck.Reading at(long changed, long updated, long hot) {
        return new PassesCheck.Reading(7, 1_000, 2, changed, updated, hot);
    }

    private List<Long> afterwards(long changed, long updated, long hot) {
        reading = at(changed, updated, hot);
        check.runOnce();
        return merged;
    }

    @Test
    void passes_end_when_few_updates_stay_on_their_pages() {
        assertThat(afterwards(0, 0, 0)).isEmpty();
        assertThat(afterwards(3_999, 3_999, 0)).as("too few").isEmpty();
        assertThat(afterwards(4_000, 4_000, 1_000)).containsExactly(7L);
    }

    @Test
    void passes_go_on_while_they_win_something_and_each_look_begins_where_the_one_before_ended() {
        assertThat(afterwards(0, 0, 0)).isEmpty();
        assertThat(afterwards(4_000, 4_000, 2_900)).isEmpty();
        assertThat(afterwards(8_000, 8_000, 4_100)).isEmpty();
        assertThat(afterwards(12_000, 12_000, 4_200)).containsExactly(7L);
    }

    @Test
    void nothing_follows_from_the_updates_of_others_or_from_counts_that_are_missing() {
        assertThat(afterwards(0, 0, 0)).isEmpty();
        assertThat(afterwards(4_000, 9_000, 10)).isEmpty();
        assertThat(afterwards(8_000, 9_100, 10)).isEmpty();
    }
}
