package dev.backfleet.common.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a loop counts as standing still, and a database as away. */
class CheckTest {
    private Duration now = Duration.ofHours(1);
    private final Pulse pulse = new Pulse(() -> now);

    @Test
    void a_loop_is_alive_as_long_as_it_has_beaten_within_a_minute() {
        var loop = Check.loop("consume", pulse);
        passes(60);
        assertThat(loop.problem().get()).isEmpty();
        passes(1);
        assertThat(loop.problem().get()).contains("no progress for 61 s");
        pulse.beat();
        assertThat(loop.problem().get()).isEmpty();
    }

    @Test
    void a_loop_that_waits_between_its_rounds_may_be_silent_for_so_much_longer() {
        var loop = Check.loop("samples", pulse, Duration.ofMinutes(10));
        passes(660);
        assertThat(loop.problem().get()).isEmpty();
        passes(1);
        assertThat(loop.problem().get()).isPresent();
    }

    @Test
    void a_loop_is_not_judged_while_it_is_excused_and_then_has_its_minute() {
        var loop = Check.loop("plan", pulse);
        pulse.excuse(true);
        passes(7200);
        assertThat(loop.problem().get()).isEmpty();
        pulse.excuse(false);
        passes(60);
        assertThat(loop.problem().get()).isEmpty();
        passes(1);
        assertThat(loop.problem().get()).isPresent();
    }

    @Test
    void a_database_may_be_silent_for_ten_seconds() {
        assertThat(Check.database(() -> Duration.ofSeconds(10)).problem().get()).isEmpty();
        assertThat(Check.database(() -> Duration.ofSeconds(11)).problem().get())
                .contains("the database has not answered for 11 s");
    }

    private void passes(long seconds) {
        now = now.plusSeconds(seconds);
    }

    @Test
    void two_checks_of_a_name_are_refused() {
        var check = Check.that("phase", () -> true, "it stops");
        var twice = List.of(check, check);
        assertThatThrownBy(() -> new Health(List.of(), twice)).hasMessage("two checks are named phase");
        assertThatThrownBy(() -> new Health(twice, List.of())).hasMessage("two checks are named phase");
    }
}
