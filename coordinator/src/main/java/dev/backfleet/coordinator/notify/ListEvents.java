package dev.backfleet.coordinator.notify;

import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The query for events, as they are stored: also of those that are not published. */
public final class ListEvents {
    /** How many may be asked for. */
    public static final int MOST = 10_000;

    private final Lookup lookup;
    private final Events events;

    public ListEvents(Lookup lookup, Events events) {
        this.lookup = lookup;
        this.events = events;
    }

    /**
     * Which events are wanted.
     *
     * @param job its id or name; nothing: of all jobs, and of the fleet
     * @param type a type, such as {@code job.paused}, or {@code job.*}; nothing: all
     * @throws OperationRefused NOT_FOUND; INVALID if there is no such type
     */
    public Wanted wanted(Optional<String> job, Optional<String> type) {
        type.ifPresent(ListEvents::check);
        return new Wanted(job.map(lookup::job), type.orElse("*"));
    }

    private static void check(String pattern) {
        if (Stream.of(EventType.values()).noneMatch(type -> type.matches(pattern))) {
            throw new OperationRefused(
                    Code.INVALID,
                    "there is no type of events " + pattern,
                    "docs/events.md lists them; job.* means all that begin so");
        }
    }

    /**
     * The newest events, oldest first.
     *
     * @param after only events with higher ids
     * @param limit how many at most, from 1 to {@link #MOST}
     * @throws OperationRefused INVALID if the limit is out of range
     */
    public List<CloudEvent> run(Wanted wanted, long after, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new OperationRefused(Code.INVALID, "--limit must be between 1 and " + MOST, null);
        }
        return events.newest(wanted, after, limit);
    }

    /**
     * Which events.
     *
     * @param job only of this one; nothing: all
     * @param type a pattern
     */
    public record Wanted(Optional<Long> job, String type) {}

    /** The stored events. */
    @FunctionalInterface
    public interface Events {
        /** The newest ones, oldest first; those that the leader has not completed are without a status. */
        List<CloudEvent> newest(Wanted wanted, long after, int limit);
    }
}
