package dev.backfleet.coordinator.timekeeping;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the time of one job has gone to since its last sample, and when the next one is due. */
final class SampleAccount {
    private static final Duration RUNNING = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Map<Spent, Double> spent = new HashMap<>();
    private @Nullable Instant last;
    private @Nullable JobState state;
    private @Nullable Instant unseen;

    /** Adds time that has passed. Without a leader for a moment only, the next sample tells of what follows. */
    void add(Spent what, Instant from, double seconds) {
        var gap = what.cause() == TimeCause.NO_COORDINATOR || what.cause() == TimeCause.DATABASE;
        if (gap && seconds < RUNNING.toSeconds()) {
            return;
        }
        if (gap) {
            spent.clear();
            unseen = from;
        }
        spent.merge(what, seconds, Double::sum);
    }

    /** A sample, if one is due: after a while, and when the state has changed, so that none tells of two states. */
    Optional<TimeBooks.Sample> due(JobMoment moment) {
        if (!isDue(moment)) {
            return Optional.empty();
        }
        var mostly = spent.entrySet().stream()
                .max(Comparator.comparingDouble(Map.Entry::getValue))
                .map(Map.Entry::getKey)
                .orElse(moment.mostly());
        var sample = new TimeBooks.Sample(moment.job(), mostly, unseen);
        spent.clear();
        unseen = null;
        last = moment.at();
        state = moment.state();
        return Optional.of(sample);
    }

    /** Whether one is due. */
    boolean isDue(JobMoment moment) {
        return !moment.state().isTerminal() && isDue(moment.state(), moment.at());
    }

    private boolean isDue(JobState now, Instant at) {
        var before = last;
        if (before == null || unseen != null || now != state) {
            return true;
        }
        return at.isBefore(before)
                || Duration.between(before, at).compareTo(now == JobState.RUNNING ? RUNNING : IDLE) >= 0;
    }
}
