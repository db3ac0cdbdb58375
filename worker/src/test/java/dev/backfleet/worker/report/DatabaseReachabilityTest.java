package dev.backfleet.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A lost connection is a suspicion, a probe decides, and the next probe is always due at a certain time. */
class DatabaseReachabilityTest {
    private final DatabaseReachability reachable = DatabaseReachability.reachable(at(0));

    private static Duration at(long seconds) {
        return Duration.ofSeconds(seconds);
    }

    @Test
    void a_database_that_answers_needs_no_probe() {
        assertThat(reachable.why()).isEmpty();
        assertThat(reachable.isProbeDue(at(1_000))).isFalse();
    }

    @Test
    void after_a_lost_connection_no_task_is_taken_and_a_probe_is_due_at_once() {
        var suspected = reachable.lost(at(5));
        assertThat(suspected.why()).contains(NotAccepting.DATABASE_UNREACHABLE);
        assertThat(suspected.isUnreachable())
                .as("the statements of slots are still sent")
                .isFalse();
        assertThat(suspected.isProbeDue(at(5))).isTrue();
        assertThat(suspected.probing(at(5)).answered(at(6)).isReachable()).isTrue();
    }

    @Test
    void as_long_as_it_is_away_the_next_probe_is_due_a_second_after_the_last_one() {
        var away = reachable.lost(at(5)).probing(at(6)).failed(at(9));
        for (var second = 9; second < 10_000; second++) {
            assertThat(away.isUnreachable()).isTrue();
            assertThat(away.since()).isEqualTo(at(5));
            assertThat(away.isProbeDue(at(second))).isTrue();
            away = away.probing(at(second));
            assertThat(away.isProbeDue(at(second))).isFalse();
            away = away.lost(at(second)).failed(at(second));
        }
        assertThat(away.probing(at(10_000)).answered(at(10_000)).isReachable()).isTrue();
    }

    @Test
    void a_probe_that_is_never_answered_is_followed_by_another() {
        var asking = reachable.lost(at(5)).probing(at(5));
        assertThat(asking.isProbeDue(at(6))).isTrue();
    }

    @Test
    void a_server_that_takes_no_writes_is_told_from_one_that_is_away_and_probed_as_well() {
        var readOnly = reachable.lost(at(5)).probing(at(5)).readOnly(at(6));
        assertThat(readOnly.isUnreachable()).isTrue();
        assertThat(readOnly.why()).contains(NotAccepting.DATABASE_READ_ONLY);
        assertThat(readOnly.since()).isEqualTo(at(5));
        assertThat(readOnly.isProbeDue(at(6))).isTrue();
        // Its primary is killed, and it is promoted: two outages, each with its own beginning.
        var away = readOnly.probing(at(7)).failed(at(8));
        assertThat(away.why()).contains(NotAccepting.DATABASE_UNREACHABLE);
        assertThat(away.since()).isEqualTo(at(8));
        assertThat(away.readOnly(at(9)).since()).isEqualTo(at(9));
        assertThat(away.readOnly(at(9)).readOnly(at(11)).since()).isEqualTo(at(9));
        assertThat(away.readOnly(at(9)).answered(at(12)).why()).isEmpty();
    }

    @Test
    void a_connection_lost_while_it_is_away_changes_nothing() {
        var away = reachable.lost(at(5)).probing(at(5)).failed(at(6));
        assertThat(away.lost(at(7))).isEqualTo(away);
    }
}
