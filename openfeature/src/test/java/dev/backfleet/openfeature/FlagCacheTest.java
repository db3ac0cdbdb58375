package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is kept, and what an application is told. */
class FlagCacheTest {
    private static final long SECOND = 1_000_000_000L;

    private final FakeFlags flags = new FakeFlags();
    private final FlagCache cache = new FlagCache(flags, flags::now, Duration.ofSeconds(10));

    @Test
    void what_has_changed_is_told_by_name() throws FlagSourceException {
        flags.set("a", 5);
        flags.set("b", 5);
        assertThat(told()).containsExactly(List.of());
        assertThat(told()).isEmpty();
        flags.set("b", 25);
        flags.set("c", 0);
        assertThat(told()).containsExactly(List.of("b", "c"));
        flags.flags.remove("a");
        assertThat(told()).containsExactly(List.of("a"));
    }

    @Test
    void another_stage_of_the_migration_is_a_change_though_the_version_is_the_same() throws FlagSourceException {
        for (var stage : List.of("off", "dualwrite")) {
            flags.flags.put("a", new Flag("a", stage, false, BigDecimal.ZERO, 1, Map.of()));
            told();
        }
        assertThat(told()).isEmpty();
        flags.flags.put("a", new Flag("a", "complete", false, BigDecimal.ZERO, 1, Map.of()));
        assertThat(told()).containsExactly(List.of("a"));
    }

    @Test
    void without_an_answer_the_last_flags_stay_and_are_stale_after_ten_seconds_once() throws FlagSourceException {
        flags.set("a", 100);
        told();
        flags.away = true;
        flags.nanos = 10 * SECOND - 1;
        assertThatThrownBy(this::told).isInstanceOf(FlagSourceException.class);
        assertThat(cache.becomesStale()).isFalse();
        flags.nanos = 10 * SECOND;
        assertThat(cache.becomesStale()).isTrue();
        assertThat(cache.becomesStale()).isFalse();
        assertThat(cache.flags())
                .hasEntrySatisfying("a", flag -> assertThat(flag.isOn("7")).isTrue());
    }

    @Test
    void with_an_answer_it_is_ready_again_and_tells_what_has_changed_meanwhile() throws FlagSourceException {
        flags.set("a", 100);
        told();
        flags.nanos = 11 * SECOND;
        assertThat(cache.becomesStale()).isTrue();
        flags.set("a", -1);
        assertThat(told()).containsExactly(List.of(), List.of("a"));
        flags.nanos = 20 * SECOND;
        assertThat(cache.becomesStale()).isFalse();
    }

    @Test
    void a_process_that_never_had_an_answer_is_stale_as_well() {
        flags.nanos = 10 * SECOND;
        assertThat(cache.becomesStale()).isTrue();
    }

    private List<List<String>> told() throws FlagSourceException {
        return cache.poll().stream().map(FlagCache.Change::flags).toList();
    }
}
