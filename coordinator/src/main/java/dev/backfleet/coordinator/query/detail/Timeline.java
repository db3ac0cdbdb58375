package dev.backfleet.coordinator.query.detail;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a job, oldest first.
 *
 * @param job the job's id
 * @param name its name
 * @param entries what has happened
 * @param older whether there are older entries, which were left out
 */
public record Timeline(long job, String name, List<Entry> entries, boolean older) {
    public Timeline {
        entries = List.copyOf(entries);
    }

    /**
     * Something that has happened, in the order of the JSON output; names and order are an interface.
     *
     * @param at when, by the database's clock
     * @param event what kind of event, for programs: submit, start, pause, paused (confirmed), resume, cancel, set, promote, retry,
     *     quarantine, trouble (it paused itself), goes-on (it resumed by itself), halted, worker-lost, lease-expired (of a worker that is
     *     alive), note, wave-done, end, now,
     *     a cause of lost time (throttled, no-worker, …), or the name of another audited action
     * @param by who asked for it; null: nobody did
     * @param text what has happened, as a sentence without its subject
     */
    public record Entry(Instant at, String event, @Nullable String by, String text) {}
}
