package dev.backfleet.coordinator.migration.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A watch that is silent is a problem as long as somebody should look, and none when the watch has ended. */
class ShowWatchTest {
    private static final Instant NOW = Instant.parse("2026-12-01T12:00:00Z");
    private static final String FILE = """
            migration: m
            table: public.t
            from: [a]
            to: { b: { type: text, up: a } }
            cutover: { soak: 1h, abort: { drift: 0/1 } }
            """;

    @ParameterizedTest
    @EnumSource(names = {"CUTTING", "CUT"})
    void is_a_problem_while_nobody_looks_and_somebody_should(MigrationState state) {
        assertThat(problem(state, Duration.ofMinutes(59))).startsWith("no coordinator has looked at the signals");
    }

    @Test
    void ends_with_the_soak_time_of_the_last_step() {
        assertThat(problem(MigrationState.CUT, Duration.ofHours(1))).isNull();
        assertThat(problem(MigrationState.CUTTING, Duration.ofHours(1))).isNotNull();
    }

    @ParameterizedTest
    @EnumSource(names = {"RENAMED", "CONTRACTED"})
    void has_ended_when_the_old_columns_go(MigrationState state) {
        assertThat(problem(state, Duration.ofMinutes(1))).isNull();
        assertThat(problem(state, Duration.ofDays(100))).isNull();
    }

    private static @Nullable String problem(MigrationState state, Duration on) {
        var flag = new FlagState("m", true, BigDecimal.valueOf(100), Map.of(), 2, NOW.minus(on), "ann", null);
        return new ShowWatch(
                        migration -> Optional.of(new ShowWatch.Stored(FILE, Optional.empty(), NOW)),
                        source -> MigrationParser.parse("m.yaml", source).migration())
                .of(1, state, flag)
                .orElseThrow()
                .problem();
    }
}
