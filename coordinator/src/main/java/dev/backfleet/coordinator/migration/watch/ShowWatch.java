package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.CutoverPlan.Promotion;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.watch.WatchStatus.SignalStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The query for the watch over a cutover, or over the renaming of the old columns. */
public final class ShowWatch {
    /** A watch of which nothing was heard for longer is none. */
    public static final Duration SILENCE = Duration.ofSeconds(30);

    private final Watches watches;
    private final Function<String, Migration> parser;

    /**
     * The query.
     *
     * @param parser reads a stored file
     */
    public ShowWatch(Watches watches, Function<String, Migration> parser) {
        this.watches = watches;
        this.parser = parser;
    }

    /** The watch over a migration; nothing if a person takes each step and no signal is watched. */
    public Optional<WatchStatus> of(long migration, MigrationState state, FlagState flag) {
        return watches.stored(migration).flatMap(stored -> {
            var plan = parser.apply(stored.source()).cutover();
            if (state == MigrationState.RENAMED && stored.watch().isPresent()) {
                return Optional.of(ofRenaming(stored, plan));
            }
            return plan.promotion() == Promotion.MANUAL && plan.abort().isEmpty()
                    ? Optional.empty()
                    : Optional.of(status(stored, plan, state, flag));
        });
    }

    private static WatchStatus status(Stored stored, CutoverPlan plan, MigrationState state, FlagState flag) {
        var last = status(stored, plan, plan.abort(), problem(stored, plan, state, flag));
        return WatchCutovers.isOver(plan, state, flag, stored.now())
                ? last.ended("no longer looked at: the watch over the cutover has ended")
                : last;
    }

    private static WatchStatus ofRenaming(Stored stored, CutoverPlan plan) {
        var problem = silent(stored)
                .or(() -> first(stored, SignalLevel.HARD)
                        .map(signal -> signal.words() + ": 'backfleet migration contract --undo' gives the old columns"
                                + " their names back"))
                .or(() -> first(stored, SignalLevel.UNREADABLE).map(WatchedSignal::words));
        return status(stored, plan, plan.abort().ofRenaming(), problem.orElse(null));
    }

    private static WatchStatus status(Stored stored, CutoverPlan plan, AbortRules rules, @Nullable String problem) {
        return new WatchStatus(
                plan.promotion().name().toLowerCase(Locale.ROOT),
                plan.soak().toSeconds(),
                stored.watch().map(CutoverWatch::at).orElse(null),
                problem,
                rules.watched().stream()
                        .map(watched -> signal(watched, stored.watch()))
                        .toList());
    }

    private static @Nullable String problem(Stored stored, CutoverPlan plan, MigrationState state, FlagState flag) {
        if (takenBack(flag)) {
            return "all reads were taken back " + HumanTime.ago(flag.changedAt(), stored.now()) + ": " + flag.reason();
        }
        if (plan.abort().isEmpty() || !flag.on() || WatchCutovers.isOver(plan, state, flag, stored.now())) {
            return null;
        }
        return silent(stored)
                .map(what -> what + ": no step is taken by itself, and none is taken back")
                .or(() -> first(stored, SignalLevel.UNREADABLE)
                        .map(signal -> signal.words() + ": no step is taken by itself, and reads stay as they are"))
                .orElse(null);
    }

    private static Optional<String> silent(Stored stored) {
        var watch = stored.watch();
        var isRecent = watch.filter(
                        last -> Duration.between(last.at(), stored.now()).compareTo(SILENCE) <= 0)
                .isPresent();
        return isRecent
                ? Optional.empty()
                : Optional.of("no coordinator has looked at the signals "
                        + watch.map(last -> "since " + HumanTime.ago(last.at(), stored.now()))
                                .orElse("yet"));
    }

    private static Optional<WatchedSignal> first(Stored stored, SignalLevel level) {
        return stored.watch().stream()
                .flatMap(watch -> watch.signals().stream())
                .filter(signal -> signal.level() == level)
                .findFirst();
    }

    /** Whether the watch was the last to change a flag, and has taken all reads back. */
    public static boolean takenBack(FlagState flag) {
        return !flag.on() && flag.changedBy().equals(WatchCutovers.ACTOR.words());
    }

    private static SignalStatus signal(Watched watched, Optional<CutoverWatch> watch) {
        var measure = watched.measure();
        var thresholds = watched.limits().words(measure);
        return watch.flatMap(last -> last.signals().stream()
                        .filter(one -> one.signal().equals(watched.signal()))
                        .findFirst())
                .map(one -> new SignalStatus(
                        one.signal(),
                        thresholds,
                        shown(measure, one.baselineOrSoFar(watch.get().reads())),
                        shown(measure, one.value()),
                        shown(measure, one.soft()),
                        shown(measure, one.hard()),
                        one.level().name().toLowerCase(Locale.ROOT),
                        one.since(),
                        one.note()))
                .orElseGet(
                        () -> new SignalStatus(watched.signal(), thresholds, null, null, null, null, null, null, null));
    }

    private static @Nullable String shown(Measure measure, @Nullable Double value) {
        return value == null ? null : measure.show(value);
    }

    /** The stored watches. */
    @FunctionalInterface
    public interface Watches {
        /** That of a migration; nothing if there is no such migration. */
        Optional<Stored> stored(long migration);
    }

    /**
     * A stored watch.
     *
     * @param source the migration's file
     * @param watch nothing: nobody has looked yet
     * @param now by the database's clock
     */
    public record Stored(String source, Optional<CutoverWatch> watch, Instant now) {}
}
