package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.cutover.StepSignals;
import dev.backfleet.coordinator.migration.watch.ShowWatch.Stored;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tells what the last look at the signals of a cutover has found. A look that is older than {@link ShowWatch#SILENCE} tells nothing. */
public final class LastLook implements StepSignals {
    private final ShowWatch.Watches watches;
    private final Function<String, Migration> parser;

    /**
     * The query.
     *
     * @param parser reads a stored file
     */
    public LastLook(ShowWatch.Watches watches, Function<String, Migration> parser) {
        this.watches = watches;
        this.parser = parser;
    }

    @Override
    public Found now(long migration) {
        return watches.stored(migration).map(this::found).orElse(Found.NOTHING);
    }

    private Found found(Stored stored) {
        var rules = parser.apply(stored.source()).cutover().abort();
        if (rules.isEmpty()) {
            return Found.NOTHING;
        }
        var watch = stored.watch();
        if (watch.isEmpty() || Duration.between(watch.get().at(), stored.now()).compareTo(ShowWatch.SILENCE) > 0) {
            return new Found(
                    List.of(),
                    List.of("no coordinator has looked at the signals "
                            + watch.map(last -> "since " + HumanTime.ago(last.at(), stored.now()))
                                    .orElse("yet")));
        }
        return found(rules, watch.get());
    }

    // A signal that the file named when it was looked at, and no longer names, says nothing.
    private static Found found(AbortRules rules, CutoverWatch watch) {
        var named = rules.watched().stream().map(AbortRules.Watched::signal).collect(Collectors.toSet());
        var seen = watch.signals().stream()
                .filter(signal -> named.contains(signal.signal()))
                .toList();
        seen.forEach(signal -> named.remove(signal.signal()));
        var unknown = seen.stream()
                .filter(signal -> signal.level() == SignalLevel.UNREADABLE)
                .map(WatchedSignal::words)
                .collect(Collectors.toList());
        named.stream().sorted().forEach(signal -> unknown.add(signal + " was not looked at yet"));
        return new Found(
                seen.stream()
                        .filter(signal -> signal.level() == SignalLevel.HARD)
                        .map(WatchedSignal::words)
                        .toList(),
                unknown);
    }
}
