package dev.backfleet.coordinator.migration.contract;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.apply.StepProgress;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.CutoverWatch.Look;
import dev.backfleet.coordinator.migration.watch.Reads;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.migration.watch.WatchCutovers;
import dev.backfleet.coordinator.migration.watch.WatchedSignal;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Renames the old columns, stays for a while, and gives them their names back when a signal speaks against it: by the policy of the watch over
 * a cutover ({@link CutoverWatch}), of which the renaming is the step. A signal that cannot be judged takes nothing back.
 */
public final class WatchedRenaming {
    /** For how long the signals are looked at before the renaming, if a threshold is a multiple of what they were. */
    public static final Duration BEFORE = Duration.ofMinutes(1);

    private static final int LEAST_LOOKS = 2;

    private final ContractMigration contract;
    private final ContractLog contracts;
    private final RenamingLooks looks;
    private final Function<String, Migration> parser;
    private final Sleeper sleeper;
    private final Ticker ticker;

    /**
     * The operation.
     *
     * @param parser reads a stored file
     */
    public WatchedRenaming(
            ContractMigration contract,
            ContractLog contracts,
            RenamingLooks looks,
            Function<String, Migration> parser,
            Sleeper sleeper,
            Ticker ticker) {
        this.contract = contract;
        this.contracts = contracts;
        this.looks = looks;
        this.parser = parser;
        this.sleeper = sleeper;
        this.ticker = ticker;
    }

    /**
     * Renames and watches. Of columns that are renamed already, it goes on with the baseline that is stored.
     *
     * @throws OperationRefused as {@link ContractMigration#rename}; GATE_CLOSED too if a signal is at its hard threshold before the renaming;
     *     STALE if somebody else moves the state meanwhile
     * @throws dev.backfleet.coordinator.migration.apply.LocksNotObtained if the locks are not obtained, also those of the way back; the same
     *     command goes on
     */
    public ContractReport run(Request request, Screen screen) throws InterruptedException {
        var stored = contracts.known(request.name());
        var rules = parser.apply(stored.source()).cutover().abort().ofRenaming();
        var before = CutoverWatch.NEW;
        if (stored.state() == MigrationState.CUT) {
            ContractRefusals.requireGreen(
                    contract.report(request.actor(), request.name(), request.deployed(), screen.steps()));
            before = lookedBefore(stored, rules, screen);
        } else if (stored.state() == MigrationState.RENAMED) {
            before = looks.last(stored.id()).orElse(CutoverWatch.NEW);
        }
        var renamed = contract.rename(request.actor(), request.name(), request.deployed(), screen.steps());
        return new Watching(request, stored, rules, screen, renamed, before).run();
    }

    private CutoverWatch lookedBefore(Stored stored, AbortRules rules, Screen screen) throws InterruptedException {
        var relative = rules.watched().stream().anyMatch(one -> one.limits().relative());
        var times = relative ? (int) BEFORE.dividedBy(WatchCutovers.EVERY) + 1 : LEAST_LOOKS;
        screen.tell("before the renaming, the signals are looked at for "
                + HumanText.elapsed(WatchCutovers.EVERY.multipliedBy(times - 1)) + ": "
                + rules.watched().stream().map(AbortRules.Watched::signal).collect(Collectors.joining(", ")));
        var watch = CutoverWatch.NEW;
        for (var i = 0; i < times; i++) {
            if (i > 0) {
                sleeper.sleep(WatchCutovers.EVERY);
            }
            var found = looks.look(stored, rules);
            watch = watch.next(new Look(found.now(), Reads.NOBODY, BEFORE, rules.watched(), found.samples()));
        }
        refuseHard(stored, watch);
        watch.signals().stream()
                .filter(signal -> signal.level() == SignalLevel.UNREADABLE)
                .forEach(signal ->
                        screen.tell("WARNING: " + signal.words() + ": while it is so, it takes nothing back"));
        return watch;
    }

    private static void refuseHard(Stored stored, CutoverWatch watch) {
        var hard = watch.signals().stream()
                .filter(signal -> signal.level() == SignalLevel.HARD)
                .map(WatchedSignal::words)
                .toList();
        if (!hard.isEmpty()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "a signal speaks against the renaming before it is done: " + String.join("; ", hard),
                    "find its cause, or change its thresholds in cutover: { abort: … }, apply the file, and rename "
                            + stored.name() + " then");
        }
    }

    /**
     * What is asked for.
     *
     * @param deployed as of {@link ContractMigration#rename}
     * @param time for how long it stays
     */
    public record Request(
            Actor actor, String name, @Nullable String deployed, Duration time) {}

    /** Where it is told what happens, and who may end it. */
    public interface Screen {
        /** Is told what happens to the steps. */
        StepProgress steps();

        /** A line for a person. */
        void tell(String line);

        /** Waits for at most {@code time}; whether a person has ended the watch meanwhile. The first call is after the renaming. */
        boolean endsWithin(Duration time) throws InterruptedException;
    }

    /** The time after the renaming. */
    private final class Watching {
        private final Request request;
        private final Stored stored;
        private final AbortRules rules;
        private final Screen screen;
        private final ContractReport renamed;
        private final Duration begun = ticker.now();
        private CutoverWatch watch;
        private String trouble = "";

        Watching(
                Request request,
                Stored stored,
                AbortRules rules,
                Screen screen,
                ContractReport renamed,
                CutoverWatch before) {
            this.request = request;
            this.stored = stored;
            this.rules = rules;
            this.screen = screen;
            this.renamed = renamed;
            this.watch = before;
        }

        ContractReport run() throws InterruptedException {
            screen.tell("the old columns are renamed; the signals are looked at for "
                    + HumanText.elapsed(request.time()) + ", and Ctrl-C ends that: the renaming stays then");
            while (true) {
                var takenBack = looked();
                if (takenBack != null) {
                    return takenBack;
                }
                var rest = request.time().minus(passed());
                if (rest.isNegative() || rest.isZero()) {
                    return ended(renamed, RenamingWatch.End.CALM, null);
                }
                if (screen.endsWithin(rest.compareTo(WatchCutovers.EVERY) < 0 ? rest : WatchCutovers.EVERY)) {
                    return ended(renamed, RenamingWatch.End.INTERRUPTED, null);
                }
            }
        }

        /** Looks once; the report if the renaming was taken back. What the database cannot be asked now, the next look asks. */
        private @Nullable ContractReport looked() throws InterruptedException {
            try {
                look();
                trouble = "";
                var against = watch.against();
                return against.isPresent() ? takenBack(against.get()) : null;
            } catch (RuntimeException e) {
                var why = looks.unreachable(e).orElseThrow(() -> e);
                if (!why.equals(trouble)) {
                    screen.tell("WARNING: nothing can be looked at, nor taken back: " + why);
                }
                trouble = why;
                return null;
            }
        }

        private void look() {
            var found = looks.look(stored, rules);
            if (found.state() != MigrationState.RENAMED) {
                throw new OperationRefused(
                        Code.STALE,
                        "the migration " + stored.name() + " is " + found.state()
                                + ": somebody else has moved it, and nothing is left to be watched",
                        "see 'backfleet migration status " + stored.name() + "'");
            }
            var next = watch.next(new Look(found.now(), Reads.ALL, BEFORE, rules.watched(), found.samples()));
            next.signals().forEach(this::tellIfNew);
            watch = next;
            looks.store(stored.id(), watch);
        }

        private void tellIfNew(WatchedSignal now) {
            var isAsBefore = watch.reads().on()
                    && watch.signals().stream()
                            .anyMatch(one -> one.signal().equals(now.signal()) && one.level() == now.level());
            if (isAsBefore || (!watch.reads().on() && now.level() == SignalLevel.CALM)) {
                return;
            }
            screen.tell((now.level() == SignalLevel.UNREADABLE ? "WARNING: " : "")
                    + now.words()
                    + (now.level() == SignalLevel.UNREADABLE ? ": while it is so, it takes nothing back" : ""));
        }

        private ContractReport takenBack(WatchedSignal signal) throws InterruptedException {
            var reason = signal.words() + ", in two looks in a row";
            screen.tell(reason + ": the old columns get their names back");
            try {
                var back = contract.takeBack(request.actor(), request.name(), reason, screen.steps());
                return ended(back, RenamingWatch.End.TAKEN_BACK, RenamingWatch.Against.of(signal));
            } catch (OperationRefused e) {
                if (e.code() == Code.ALREADY_DONE) {
                    look();
                }
                throw e;
            }
        }

        private ContractReport ended(
                ContractReport report, RenamingWatch.End end, RenamingWatch.@Nullable Against against) {
            var unreadable = watch.signals().stream()
                    .filter(signal -> signal.level() == SignalLevel.UNREADABLE)
                    .map(WatchedSignal::words)
                    .toList();
            return report.with(new RenamingWatch(
                    end, passed().toSeconds(), against, trouble.isEmpty() ? unreadable : List.of(trouble)));
        }

        private Duration passed() {
            return ticker.now().minus(begun);
        }
    }
}
