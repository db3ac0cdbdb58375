package dev.backfleet.coordinator.query;

import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the time of a job went.
 *
 * @param since from when on it is known: since the job was submitted, unless an older release has run it
 * @param spent the causes, the longest first; together the time since then, or to the job's end, except for the last seconds,
 *     which are not booked yet
 */
public record JobTime(@Nullable Instant since, List<Part> spent) {

    /** Nothing is known. */
    public static final JobTime NONE = new JobTime(null, List.of());

    public JobTime {
        spent = List.copyOf(spent);
    }

    /** With more time of a cause. */
    JobTime with(Part more) {
        var parts = new ArrayList<Part>();
        var added = false;
        for (var part : spent) {
            var same = part.cause == more.cause;
            parts.add(same ? new Part(part.cause, part.signal, part.seconds + more.seconds) : part);
            added |= same;
        }
        if (!added) {
            parts.add(more);
        }
        parts.sort(Comparator.comparing(Part::seconds).reversed());
        return new JobTime(since, parts);
    }

    /** With more time of a cause that has no signal. */
    public JobTime plus(TimeCause cause, double seconds) {
        return seconds > 0 ? with(new Part(cause, null, seconds)) : this;
    }

    /** All of it, in seconds. */
    public double total() {
        return spent.stream().mapToDouble(Part::seconds).sum();
    }

    /** The time in which the job was idle, in seconds. */
    public double idle() {
        return spent.stream()
                .filter(part -> part.cause.isIdle())
                .mapToDouble(Part::seconds)
                .sum();
    }

    /**
     * A part of it.
     *
     * @param signal the signal that throttled the job; null for any other cause
     */
    public record Part(TimeCause cause, @Nullable String signal, double seconds) {

        /** As a status prints it. */
        public String words() {
            return signal == null ? cause.words() : signal;
        }
    }
}
