package dev.backfleet.coordinator.migration.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.throttle.Sample;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
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

    @Test
    void that_has_ended_shows_no_figure_of_its_last_look() {
        assertThat(signal(Duration.ofMinutes(59)).value()).isEqualTo("0");
        var ended = signal(Duration.ofHours(1));
        assertThat(ended.value()).isNull();
        assertThat(ended.level()).isNull();
        assertThat(ended.note()).startsWith("no longer looked at");
    }

    private static WatchStatus.SignalStatus signal(Duration on) {
        var rules = parsed(FILE).cutover().abort().watched();
        var last = CutoverWatch.NEW.next(new CutoverWatch.Look(
                NOW, Reads.ALL, Duration.ofHours(1), rules, List.of(new Sample("drift", Measure.NUMBER, 0.0, null))));
        return new ShowWatch(
                        migration -> Optional.of(new ShowWatch.Stored(FILE, Optional.of(last), NOW)),
                        ShowWatchTest::parsed)
                .of(1, MigrationState.CUT, flag(on))
                .orElseThrow()
                .signals()
                .get(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"RENAMED", "CONTRACTED"})
    void has_ended_when_the_old_columns_go(MigrationState state) {
        assertThat(problem(state, Duration.ofMinutes(1))).isNull();
        assertThat(problem(state, Duration.ofDays(100))).isNull();
    }

    /** A renaming that a command watches, and then does not: the coordinator looks, and only tells. */
    private static final class Renamed implements WatchLog {
        private Instant now = NOW;
        private @Nullable CutoverWatch watch;
        private double ratio = 1;
        private int looks;

        private final WatchCutovers duty;

        Renamed() {
            var nobody = new SimulatedCutover(FILE, 1, new Random(1));
            Function<String, Migration> parser = ShowWatchTest::parsed;
            duty = new WatchCutovers(
                    this,
                    (job, flag, rules) -> {
                        looks++;
                        assertThat(rules.watched()).extracting(Watched::signal).containsExactly("rollbacks");
                        return List.of(new Sample("rollbacks", Measure.NUMBER, ratio, null));
                    },
                    new RollBack(nobody, nobody, new TenantsOfTable((migration, tenant) -> Optional.empty()), parser),
                    parser,
                    EachJob.failingFast("the watch"));
        }

        /** As the command does. */
        void look(Reads reads) {
            watch = (watch == null ? CutoverWatch.NEW : watch)
                    .next(new CutoverWatch.Look(
                            now,
                            reads,
                            Duration.ofMinutes(1),
                            AbortRules.NONE.ofRenaming().watched(),
                            List.of(new Sample("rollbacks", Measure.NUMBER, ratio, null))));
        }

        Renamed passes(Duration time) {
            for (var end = now.plus(time); now.isBefore(end); ) {
                now = now.plus(WatchCutovers.EVERY);
                duty.runOnce();
            }
            return this;
        }

        @Nullable
        String problem() {
            return new ShowWatch(
                            migration -> Optional.of(new ShowWatch.Stored(FILE, Optional.ofNullable(watch), now)),
                            ShowWatchTest::parsed)
                    .of(1, MigrationState.RENAMED, flag(Duration.ofDays(20)))
                    .orElseThrow()
                    .problem();
        }

        @Override
        public List<Live> live() {
            var stored = new MigrationLog.Stored(1, "m", FILE, "public.t", MigrationState.RENAMED, Optional.of(10L));
            return List.of(
                    new Live(stored, flag(Duration.ofDays(20)), Optional.empty(), now, Optional.ofNullable(watch)));
        }

        @Override
        public void store(long migration, MigrationState state, CutoverWatch seen) {
            assertThat(state).isEqualTo(MigrationState.RENAMED);
            watch = seen;
        }

        @Override
        public void forget(long migration) {
            throw new AssertionError("the command goes on with it");
        }

        @Override
        public long rollbacks() {
            throw new AssertionError("the signals are given");
        }

        @Override
        public OptionalLong drift(long job, String flag) {
            throw new AssertionError("no reconcile is repeated");
        }
    }

    @Test
    void of_a_renaming_goes_on_when_the_command_has_ended_and_only_tells() {
        var renamed = new Renamed();
        assertThat(renamed.passes(Duration.ofMinutes(1)).looks)
                .as("no command has watched it")
                .isZero();
        renamed.look(Reads.NOBODY);
        renamed.look(Reads.ALL);
        for (var i = 0; i < 20; i++) {
            renamed.passes(WatchCutovers.EVERY).look(Reads.ALL);
        }
        assertThat(renamed.looks).as("the command looks").isZero();
        assertThat(renamed.problem()).isNull();
        renamed.ratio = 7;
        assertThat(renamed.passes(Duration.ofMinutes(1)).looks).isEqualTo(4);
        assertThat(renamed.problem())
                .startsWith("rollbacks is 7, at its hard threshold 5, with a baseline of 1")
                .contains("--undo");
        renamed.now = renamed.now.plus(Duration.ofMinutes(1));
        assertThat(renamed.problem()).startsWith("no coordinator has looked at the signals since 2026-12-01 12:03:00");
    }

    @Test
    void rollbacks_are_counted_from_look_to_look_without_those_of_the_looks_and_a_little_counts_as_a_little() {
        var rate = new RollbackRate();
        assertThat(rate.next(Duration.ZERO, 1000, 1).value())
                .as("the first look")
                .isNull();
        assertThat(rate.next(Duration.ofSeconds(3), 1001, 1).value())
                .as("its own")
                .isEqualTo(RollbackRate.LEAST);
        assertThat(rate.next(Duration.ofSeconds(6), 1032, 1).value()).isEqualTo(10);
        assertThat(rate.next(Duration.ofSeconds(9), 5, 1).value())
                .as("the statistics were reset")
                .isNull();
        assertThat(rate.next(Duration.ofSeconds(10), 8, 1).value()).isEqualTo(2);
    }

    private static FlagState flag(Duration on) {
        return new FlagState("m", true, BigDecimal.valueOf(100), Map.of(), 2, NOW.minus(on), "ann", null);
    }

    private static Migration parsed(String source) {
        return MigrationParser.parse("m.yaml", source).migration();
    }

    private static @Nullable String problem(MigrationState state, Duration on) {
        return new ShowWatch(
                        migration -> Optional.of(new ShowWatch.Stored(FILE, Optional.empty(), NOW)),
                        ShowWatchTest::parsed)
                .of(1, state, flag(on))
                .orElseThrow()
                .problem();
    }
}
