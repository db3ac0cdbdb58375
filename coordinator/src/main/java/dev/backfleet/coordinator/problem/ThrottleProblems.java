package dev.backfleet.coordinator.problem;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus.Throttled;
import dev.backfleet.coordinator.throttle.ThrottlePolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What throttles a job: the cause while it lasts, then how long the job still takes to its full speed. */
public final class ThrottleProblems {
    // The last one that the note names is in the way of those before it.
    private static final Pattern SESSION = Pattern.compile("\\bpid ([0-9]+)");

    private ThrottleProblems() {}

    static Optional<Problem> of(Throttled throttle) {
        var signal = throttle.signal();
        if (throttle.factor() >= 1 || signal == null) {
            return Optional.empty();
        }
        if (throttle.recovers()) {
            var left = Duration.ofSeconds(ThrottlePolicy.roundsToFull(throttle.factor()));
            return Optional.of(problem(
                    "recovering from " + signal + ": " + percent(throttle) + ", full speed in about "
                            + HumanText.elapsed(left),
                    null));
        }
        if (isLock(throttle)) {
            return Optional.of(problem(
                    (throttle.factor() == 0 ? "suspended: " : "throttled to " + percent(throttle) + " by a lock: ")
                            + throttle.note(),
                    untilItEnds(String.valueOf(throttle.note()))));
        }
        return Optional.of(problem(
                (throttle.factor() == 0 ? "suspended by " : "throttled to " + percent(throttle) + " by ") + signal
                        + ": " + value(throttle),
                "CALM".equals(throttle.level())
                        ? "it speeds up as the signal falls"
                        : "it recovers by itself when that is over"));
    }

    /** The state of a throttled job in a table: {@code suspended (lock)}. */
    public static String state(Throttled throttle) {
        if (throttle.recovers()) {
            return "RUNNING (recovering, " + percent(throttle) + ")";
        }
        var by = Signal.LOCK_QUEUE.key().equals(throttle.signal()) ? "lock" : throttle.signal();
        return throttle.factor() == 0
                ? "suspended (" + by + ")"
                : "RUNNING (throttled to " + percent(throttle) + ", " + by + ")";
    }

    static boolean isLock(Throttled throttle) {
        return Signal.LOCK_QUEUE.key().equals(throttle.signal())
                && throttle.value() != null
                && throttle.note() != null
                && !"CALM".equals(throttle.level());
    }

    private static String untilItEnds(String note) {
        var session = SESSION.matcher(note);
        var pid = "";
        while (session.find()) {
            pid = session.group(1);
        }
        return "it resumes by itself when that transaction ends"
                + (pid.isEmpty() ? "" : "; 'select pg_terminate_backend(" + pid + ")' ends its session");
    }

    private static Problem problem(String message, @Nullable String remedy) {
        return new Problem(ProblemCode.THROTTLED, Severity.WARNING, null, message, remedy, true);
    }

    private static String percent(Throttled throttle) {
        return Math.round(throttle.factor() * 100) + " %";
    }

    private static String value(Throttled throttle) {
        var measure = throttle.unit() == null ? Measure.NUMBER : throttle.unit();
        var value = throttle.value();
        var threshold = throttle.threshold();
        if (value == null) {
            return "it cannot be read (" + throttle.note() + ")";
        }
        if (throttle.note() != null) {
            return throttle.note();
        }
        var limit = threshold == null
                ? ""
                : ("HARD".equals(throttle.level()) ? ", hard threshold " : ", soft threshold ")
                        + measure.show(threshold);
        return measure.show(value) + limit;
    }
}
