package dev.backfleet.coordinator.migration.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.cutover.StepSignals.Found;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What somebody who is about to take a step learns of the signals. */
class LastLookTest {
    private static final Instant NOW = Instant.parse("2026-12-01T00:00:00Z");
    private static final String FILE = """
            migration: m
            table: public.customers
            from: [full_name]
            to: { first_name: { type: text, up: full_name } }
            cutover: { abort: { drift: 0/1, sql: [{ name: failures, query: "select 1", soft: 0, hard: 5 }] } }
            """;

    @Test
    void a_signal_at_its_hard_threshold_is_told_before_anybody_reads_the_new_shape() {
        assertThat(found(FILE, watch(7.0), 3).hard()).containsExactly("failures is 7, at its hard threshold 5");
        assertThat(found(FILE, watch(4.0), 3)).as("above the soft one").isEqualTo(Found.NOTHING);
    }

    @Test
    void wrong_rows_before_the_first_step_are_the_gate_s_to_judge() {
        assertThat(found(FILE, watch(0.0, 3.0), 3)).isEqualTo(Found.NOTHING);
    }

    @Test
    void what_is_not_known_is_told() {
        assertThat(found(FILE, watch(null), 3).unknown()).containsExactly("failures cannot be judged: no such table");
        assertThat(found(FILE, watch(7.0), 31)).satisfies(found -> {
            assertThat(found.hard()).as("half a minute ago").isEmpty();
            assertThat(found.unknown())
                    .singleElement()
                    .asString()
                    .startsWith("no coordinator has looked at the signals since ");
        });
        assertThat(found(FILE, null, 0).unknown()).containsExactly("no coordinator has looked at the signals yet");
        assertThat(found(FILE.replace("failures", "refunds"), watch(7.0), 3))
                .as("the file names another one now")
                .isEqualTo(new Found(List.of(), List.of("refunds was not looked at yet")));
        assertThat(found(FILE.replaceAll("cutover: .*\n", ""), watch(7.0), 3)).isEqualTo(Found.NOTHING);
    }

    private static Found found(String file, @Nullable CutoverWatch watch, int secondsAgo) {
        var stored = new ShowWatch.Stored(file, Optional.ofNullable(watch), NOW.plusSeconds(secondsAgo));
        return new LastLook(id -> Optional.of(stored), source -> MigrationParser.parse("m.yaml", source)
                        .migration())
                .now(1);
    }

    private static CutoverWatch watch(@Nullable Double failures) {
        return watch(failures, 0.0);
    }

    private static CutoverWatch watch(@Nullable Double failures, double drift) {
        return CutoverWatch.NEW.next(new CutoverWatch.Look(
                NOW,
                Reads.NOBODY,
                Duration.ofMinutes(3),
                List.of(watched("drift", "0/1"), watched("failures", "0/5")),
                List.of(
                        new Sample("drift", Measure.NUMBER, drift, null),
                        new Sample("failures", Measure.NUMBER, failures, failures == null ? "no such table" : null))));
    }

    private static Watched watched(String signal, String limits) {
        return new Watched(signal, Measure.NUMBER, AbortLimits.parse(limits, Measure.NUMBER));
    }
}
