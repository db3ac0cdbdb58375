package dev.backfleet.standalone.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The verdict on old transactions of the chaos fails where it should, and only there. */
class TransactionAgesTest {
    private static final Offset<Double> ABOUT = Offset.offset(0.5);

    private final TransactionAges ages = new TransactionAges();
    private final double now = System.currentTimeMillis() / 1e3;

    @Test
    void of_a_worker_all_of_the_age_counts() {
        assertThat(ages.seconds(true, now - 14, now - 4, now)).isCloseTo(14, ABOUT);
    }

    @Test
    void of_a_coordinator_the_time_in_the_present_state_counts() {
        assertThat(ages.seconds(false, now - 14, now - 4, now)).isCloseTo(4, ABOUT);
        assertThat(ages.seconds(false, now - 14, now - 12, now)).isCloseTo(12, ABOUT);
        // A statement that is a transaction by itself is active a little before.
        assertThat(ages.seconds(false, now - 3, now - 4, now)).isCloseTo(3, ABOUT);
    }

    @Test
    void time_during_which_the_server_was_frozen_is_not_counted() {
        var freeze = ages.freeze();
        assertThat(ages.seconds(true, now - 3, now - 3, now + 9)).isCloseTo(3, ABOUT);
        freeze.end();
        assertThat(ages.seconds(true, now - 3, now - 3, now + 9)).isCloseTo(12, ABOUT);
    }
}
