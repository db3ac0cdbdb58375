package dev.backfleet.coordinator.migration.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.cutover.StepSignals;
import dev.backfleet.coordinator.migration.cutover.TenantCheck;
import dev.backfleet.coordinator.migration.cutover.TenantsOfTable;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.watch.WatchLog.Live;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import dev.backfleet.coordinator.throttle.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the watch and the steps of a cutover promise together, on simulated applications whose signal is disturbed, cannot be read for a
 * while, and is read by one coordinator after the other; and that each mistake is found.
 */
class CutoverWatchSimulationTest {
    private static final TenantCheck ANY_TENANT = new TenantsOfTable((migration, tenant) -> Optional.empty());
    private static final int SEEDS = 45;
    private static final int BEFORE = 40;
    private static final int LOOKS = 160;
    private static final String FILE = """
            migration: m
            table: t
            from: [a]
            to: { b: { type: int, up: a } }
            down: { a: b }
            cutover: { steps: [50, 100], soak: 1m, promote: auto, abort: { application-latency: 1.5x/3x } }
            """;

    private static final Map<String, Migration> PARSED = new HashMap<>();

    @Test
    void a_bad_step_is_taken_back_a_good_one_is_followed_and_a_doubtful_one_stays() {
        for (var seed = 0; seed < SEEDS; seed++) {
            assertThat(violations(seed, Mistake.NONE)).as("seed " + seed).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Mistake.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void finds_a_mistake(Mistake mistake) {
        var found = new ArrayList<String>();
        for (var seed = 0; seed < SEEDS && found.isEmpty(); seed++) {
            found.addAll(violations(seed, mistake));
        }
        assertThat(found).isNotEmpty();
    }

    private static List<String> violations(int seed, Mistake mistake) {
        var random = new Random(seed);
        // As fast as before, doubtful, or bad.
        var slower = List.of(1.0, 3.0, 8.0).get(seed % 3);
        var cutover = new SimulatedCutover(mistake.file(FILE), slower, random);
        var found = new ArrayList<String>();
        var taken = 0;
        var duties = duties(cutover, mistake, 0);
        for (var look = 0; look < LOOKS; look++) {
            if (look == BEFORE) {
                cutOver(cutover)
                        .run(Actor.commandLine("ann"), "m", new CutoverRequest(null, OptionalInt.empty(), false));
                taken = 1;
            }
            if (random.nextInt(10) == 0) {
                duties = duties(cutover, mistake, look);
            }
            cutover.pass(WatchCutovers.EVERY);
            duties.watch.runOnce();
            duties.steps.runOnce();
            if (cutover.stepOn() > taken) {
                taken = cutover.stepOn();
                if (cutover.isBlind()) {
                    found.add("step " + taken + " was taken while the signal could not be read");
                }
                if (slower > 1) {
                    found.add("step " + taken + " was taken although the signal was above its soft threshold");
                }
            }
            if (slower == 8 && cutover.flag().on() && cutover.looksSinceSwitch() > 3) {
                found.add("a bad step is still on in look " + cutover.looksSinceSwitch());
            }
        }
        if (slower < 8 && ShowWatch.takenBack(cutover.flag())) {
            found.add("taken back: " + cutover.flag().reason());
        }
        if (slower == 1 && cutover.state() != MigrationState.CUT) {
            found.add("the last step was not taken, though nothing spoke against it");
        }
        return found;
    }

    private record Duties(WatchCutovers watch, TakeSteps steps) {}

    // Another coordinator, with nothing but what is stored.
    private static Duties duties(SimulatedCutover cutover, Mistake mistake, int since) {
        UnaryOperator<Live> seen = live -> mistake.live(live, since == 0);
        return new Duties(
                new WatchCutovers(
                        new Seen(cutover, seen),
                        (job, flag, rules) -> mistake.samples(cutover.read(job, flag, rules)),
                        new RollBack(cutover, cutover, ANY_TENANT, CutoverWatchSimulationTest::parse),
                        CutoverWatchSimulationTest::parse,
                        EachJob.failingFast("the watch")),
                new TakeSteps(
                        new Seen(cutover, mistake::liveOfSteps),
                        cutover,
                        cutOver(cutover),
                        CutoverWatchSimulationTest::parse,
                        EachJob.failingFast("the step")));
    }

    private static CutOver cutOver(SimulatedCutover cutover) {
        return new CutOver(
                cutover,
                (migration, job) -> new GateAnswer(job, "m", null, GateVerdict.SAFE, List.of(), List.of(), null, null),
                cutover,
                migration -> Optional.empty(),
                migration -> StepSignals.Found.NOTHING,
                ANY_TENANT,
                CutoverWatchSimulationTest::parse);
    }

    private static Migration parse(String source) {
        return PARSED.computeIfAbsent(
                source, text -> MigrationParser.parse("m.yaml", text).migration());
    }

    /** The log as a mistaken duty sees it. */
    private record Seen(SimulatedCutover log, UnaryOperator<Live> as) implements WatchLog {
        @Override
        public List<Live> live() {
            return log.live().stream().map(as).toList();
        }

        @Override
        public void store(long migration, MigrationState state, CutoverWatch watch) {
            log.store(migration, state, watch);
        }

        @Override
        public void forget(long migration) {
            log.forget(migration);
        }

        @Override
        public long rollbacks() {
            return log.rollbacks();
        }

        @Override
        public OptionalLong drift(long job, String flag) {
            return log.drift(job, flag);
        }
    }

    /** Ways to do it wrong. */
    enum Mistake {
        NONE,
        ONE_LOOK_IS_ENOUGH {
            @Override
            Live live(Live live, boolean first) {
                return with(live, signal -> with(signal, signal.baseline(), 1));
            }
        },
        BLINDNESS_TAKES_BACK {
            @Override
            List<Sample> samples(List<Sample> samples) {
                return samples.stream()
                        .map(one -> one.value() != null
                                ? one
                                : new Sample(one.signal(), one.measure(), Double.MAX_VALUE, null))
                        .toList();
            }
        },
        BASELINE_OF_AFTER_THE_STEP {
            @Override
            Live live(Live live, boolean first) {
                return with(
                        live,
                        signal -> with(
                                signal,
                                live.flag().on() && signal.soak().looks() > 0
                                        ? Double.valueOf(signal.soak().median().getAsDouble())
                                        : signal.baseline(),
                                signal.strikes()));
            }
        },
        SOFT_TAKES_BACK {
            @Override
            String file(String file) {
                return file.replace("1.5x/3x", "1.5x/1.5x");
            }
        },
        FORGOTTEN_BY_THE_NEXT_COORDINATOR {
            @SuppressWarnings("ImmutableEnumChecker") // counts its looks
            private int looks;

            @Override
            Live live(Live live, boolean first) {
                return !first && looks++ % 7 == 0 ? without(live) : live;
            }
        },
        STEPS_WITHOUT_A_LOOK {
            @Override
            Live liveOfSteps(Live live) {
                return new Live(
                        live.migration(),
                        live.flag(),
                        live.step(),
                        live.now(),
                        live.watch()
                                .map(watch -> new CutoverWatch(Reads.of(live.flag()), watch.signals(), 2, live.now())));
            }
        },
        NOTHING_BEFORE_THE_FIRST_STEP {
            @Override
            Live live(Live live, boolean first) {
                return live.flag().on() ? live : without(live);
            }
        };

        String file(String file) {
            return file;
        }

        List<Sample> samples(List<Sample> samples) {
            return samples;
        }

        /** What the watch sees. */
        Live live(Live live, boolean first) {
            return live;
        }

        Live liveOfSteps(Live live) {
            return live;
        }

        private static Live without(Live live) {
            return new Live(live.migration(), live.flag(), live.step(), live.now(), Optional.empty());
        }

        private static Live with(Live live, UnaryOperator<WatchedSignal> change) {
            return new Live(
                    live.migration(),
                    live.flag(),
                    live.step(),
                    live.now(),
                    live.watch()
                            .map(watch -> new CutoverWatch(
                                    watch.reads(),
                                    watch.signals().stream().map(change).toList(),
                                    watch.calm(),
                                    watch.at())));
        }

        private static WatchedSignal with(
                WatchedSignal signal, @org.jspecify.annotations.Nullable Double baseline, int strikes) {
            return new WatchedSignal(
                    signal.signal(),
                    signal.measure(),
                    signal.soak(),
                    baseline,
                    signal.value(),
                    signal.soft(),
                    signal.hard(),
                    signal.level(),
                    signal.since(),
                    signal.note(),
                    strikes,
                    signal.since());
        }
    }
}
