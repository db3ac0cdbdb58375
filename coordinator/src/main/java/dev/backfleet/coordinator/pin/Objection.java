package dev.backfleet.coordinator.pin;

/**
 * The objection of PostgreSQL to the statements of a job.
 *
 * @param words the message, without values of rows
 * @param refuses whether no row could be changed; otherwise the job is stored, with a note
 */
public record Objection(String words, boolean refuses) {

    /** No row could be changed. */
    public static Objection refusal(String words) {
        return new Objection(words, true);
    }

    /** The job is stored, with a note. */
    public static Objection note(String words) {
        return new Objection(words, false);
    }
}
