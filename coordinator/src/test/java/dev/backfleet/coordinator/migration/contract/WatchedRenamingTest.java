package dev.backfleet.coordinator.migration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.contract.RenamingWatch.End;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Request;
import dev.backfleet.coordinator.migration.contract.WatchedRenaming.Screen;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the watch over a renaming concludes, and what it does then. */
class WatchedRenamingTest {
    private static final Duration TIME = Duration.ofMinutes(3);
    private static final int BEFORE = 21;

    private final FakeContract world = new FakeContract();
    private final Database database = new Database();
    private Duration now = Duration.ZERO;

    /** Looks at one signal, which is usually at 100 ms; the times by which looks were told what else to find. */
    private final class Database implements RenamingLooks, Screen {
        /** What each of the next looks finds, before it finds what is usual. */
        final Deque<Supplier<Sample>> next = new ArrayDeque<>();

        final List<String> told = new ArrayList<>();
        int looks;
        int interruptedAt = Integer.MAX_VALUE;

        @Nullable
        CutoverWatch stored;

        @Override
        public Found look(Stored migration, AbortRules rules) {
            looks++;
            var sample = next.isEmpty() ? latency(0.1) : next.remove().get();
            return new Found(
                    Instant.EPOCH.plus(now),
                    world.state,
                    List.of(sample, new Sample("rollbacks", Measure.NUMBER, 0.2, null)));
        }

        @Override
        public Optional<CutoverWatch> last(long migration) {
            return Optional.ofNullable(stored);
        }

        @Override
        public void store(long migration, CutoverWatch watch) {
            stored = CutoverWatch.JSON.read(CutoverWatch.JSON.write(watch));
        }

        @Override
        public Optional<String> unreachable(RuntimeException failure) {
            return failure instanceof IllegalStateException
                    ? Optional.of(String.valueOf(failure.getMessage()))
                    : Optional.empty();
        }

        @Override
        public StepProgress steps() {
            return world;
        }

        @Override
        public void tell(String line) {
            told.add(line);
        }

        @Override
        public boolean endsWithin(Duration time) {
            assertThat(world.executed)
                    .as("before the renaming, Ctrl-C ends the command")
                    .contains("rename");
            now = now.plus(time);
            return looks >= interruptedAt;
        }
    }

    private static Sample latency(double seconds) {
        return Sample.of(Signal.APPLICATION_LATENCY, seconds);
    }

    private static Sample blind() {
        return Sample.unreadable(Signal.APPLICATION_LATENCY, "it took longer than a second");
    }

    /** The looks before the renaming, and then these. */
    private void finds(List<Supplier<Sample>> before, List<Supplier<Sample>> after) {
        for (var i = 0; i < BEFORE; i++) {
            database.next.add(i < before.size() ? before.get(i) : () -> latency(0.1));
        }
        database.next.addAll(after);
    }

    private ContractReport run(String limits) throws InterruptedException {
        world.file = FakeContract.FILE + "cutover: { abort: { application-latency: " + limits + ", drift: 0/1 } }\n";
        return new WatchedRenaming(
                        world.contract(),
                        world,
                        database,
                        source -> MigrationParser.parse("m.yaml", source).migration(),
                        duration -> now = now.plus(duration),
                        () -> now)
                .run(new Request(Actor.commandLine("ann"), "split-names", "2", TIME), database);
    }

    private static RenamingWatch watch(ContractReport report) {
        var watch = report.watch();
        if (watch == null) {
            throw new AssertionError("not watched");
        }
        return watch;
    }

    @Test
    void ends_after_its_time_if_no_signal_speaks_against_it() throws InterruptedException {
        var report = run("1.5x/3x");
        assertThat(report.state()).isEqualTo(MigrationState.RENAMED);
        assertThat(watch(report)).isEqualTo(new RenamingWatch(End.CALM, 180, null, List.of()));
        assertThat(database.looks).as("each three seconds, before and after").isEqualTo(BEFORE + 61);
        assertThat(world.executed).containsExactly("observe", "rename");
        assertThat(database.stored).isNotNull();
    }

    @Test
    void two_looks_in_a_row_at_the_hard_threshold_take_it_back_and_say_why() throws InterruptedException {
        finds(List.of(), List.of(() -> latency(0.1), () -> latency(0.31), () -> latency(0.4)));
        var report = run("1.5x/3x");
        assertThat(report.state()).isEqualTo(MigrationState.CUT);
        assertThat(world.executed).containsExactly("observe", "rename", "rename back");
        assertThat(watch(report).end()).isEqualTo(End.TAKEN_BACK);
        assertThat(watch(report).against())
                .isEqualTo(new RenamingWatch.Against(
                        "application-latency",
                        "400ms",
                        "300ms",
                        "100ms",
                        "application-latency is 400ms, at its hard threshold 300ms, with a baseline of 100ms"));
        assertThat(world.reason)
                .isEqualTo("application-latency is 400ms, at its hard threshold 300ms, with a baseline of"
                        + " 100ms, in two looks in a row");
    }

    @Test
    void one_look_at_the_hard_threshold_does_not_nor_one_and_blindness() throws InterruptedException {
        finds(
                List.of(),
                List.of(
                        () -> latency(0.9),
                        () -> latency(0.1),
                        () -> latency(0.9),
                        WatchedRenamingTest::blind,
                        WatchedRenamingTest::blind,
                        () -> latency(0.2)));
        assertThat(watch(run("1.5x/3x")).end()).isEqualTo(End.CALM);
        assertThat(world.executed).containsExactly("observe", "rename");
        assertThat(database.told)
                .anyMatch(line -> line.startsWith("application-latency is 900ms, at its hard threshold 300ms"));
    }

    @Test
    void what_cannot_be_read_takes_nothing_back_and_is_said() throws InterruptedException {
        for (var i = 0; i < 100; i++) {
            database.next.add(WatchedRenamingTest::blind);
        }
        var watch = watch(run("100ms/300ms"));
        assertThat(watch.end()).isEqualTo(End.CALM);
        assertThat(watch.unreadable())
                .containsExactly("application-latency cannot be judged: it took longer than a second");
        assertThat(world.executed).containsExactly("observe", "rename");
        assertThat(database.told)
                .filteredOn(line -> line.startsWith("WARNING: application-latency cannot be judged"))
                .as("before the renaming and after it")
                .hasSize(2);
    }

    @Test
    void a_signal_that_was_never_measured_before_says_nothing_by_a_multiple() throws InterruptedException {
        finds(
                List.<Supplier<Sample>>copyOf(java.util.Collections.nCopies(BEFORE, WatchedRenamingTest::blind)),
                List.of(() -> latency(9), () -> latency(9), () -> latency(9)));
        assertThat(watch(run("1.5x/3x")).unreadable()).singleElement().satisfies(words -> assertThat(words)
                .contains("its baseline is not known"));
        assertThat(world.state).isEqualTo(MigrationState.RENAMED);
    }

    @Test
    void is_refused_before_anything_is_renamed_while_a_signal_is_at_its_hard_threshold() {
        finds(List.of(), List.of());
        database.next.removeLast();
        database.next.addLast(() -> latency(0.5));
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> run("100ms/300ms"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.GATE_CLOSED))
                .withMessageContaining("application-latency is 500ms, at its hard threshold 300ms");
        assertThat(world.executed).containsExactly("observe");
    }

    @Test
    void is_refused_by_a_red_line_before_a_signal_is_looked_at() {
        world.red = true;
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> run("1.5x/3x"))
                .withMessageContaining("unfinished jobs of the table: j");
        assertThat(database.looks).isZero();
    }

    @Test
    void ends_when_a_person_ends_it_and_the_renaming_stays() throws InterruptedException {
        database.interruptedAt = BEFORE + 5;
        var report = run("1.5x/3x");
        assertThat(watch(report).end()).isEqualTo(End.INTERRUPTED);
        assertThat(report.state()).isEqualTo(MigrationState.RENAMED);
        assertThat(world.executed).containsExactly("observe", "rename");
    }

    @Test
    void goes_on_with_the_same_baseline_after_it_was_interrupted() throws InterruptedException {
        database.interruptedAt = BEFORE + 1;
        run("1.5x/3x");
        database.interruptedAt = Integer.MAX_VALUE;
        database.next.add(() -> latency(0.31));
        database.next.add(() -> latency(0.31));
        assertThat(watch(run("1.5x/3x")).end()).isEqualTo(End.TAKEN_BACK);
        assertThat(world.executed).containsExactly("observe", "rename", "rename back");
    }

    @Test
    void somebody_else_who_gives_the_columns_their_names_back_ends_it() {
        finds(List.of(), List.of(() -> latency(0.1), () -> {
            world.state = MigrationState.CUT;
            return latency(0.9);
        }));
        assertThatExceptionOfType(OperationRefused.class)
                .isThrownBy(() -> run("1.5x/3x"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.STALE))
                .withMessageContaining("split-names is CUT");
        assertThat(world.executed).doesNotContain("rename back");
    }

    @Test
    void a_database_that_cannot_be_asked_for_a_while_is_said_once_and_ends_nothing() throws InterruptedException {
        Supplier<Sample> away = () -> {
            throw new IllegalStateException("the database is starting up");
        };
        finds(List.of(), List.of(away, away, () -> latency(0.9), away, () -> latency(0.9)));
        var report = run("1.5x/3x");
        assertThat(watch(report).end()).isEqualTo(End.TAKEN_BACK);
        assertThat(database.told)
                .filteredOn(line ->
                        line.equals("WARNING: nothing can be looked at, nor taken back: the database is starting up"))
                .hasSize(2);
    }

    @Test
    void without_any_signal_in_the_file_the_transactions_that_are_rolled_back_are_looked_at() {
        var rules = AbortRules.NONE.ofRenaming();
        assertThat(rules.watched()).singleElement().satisfies(one -> {
            assertThat(one.signal()).isEqualTo("rollbacks");
            assertThat(one.limits().words(Measure.NUMBER)).isEqualTo("2x/5x");
        });
        var own = MigrationParser.parse(
                        "m.yaml", FakeContract.FILE + "cutover: { abort: { rollbacks: 50/none, drift: 0/1 } }\n")
                .migration()
                .cutover()
                .abort()
                .ofRenaming();
        assertThat(own.watched())
                .singleElement()
                .satisfies(one -> assertThat(one.limits().words(Measure.NUMBER)).isEqualTo("50/none"));
    }
}
