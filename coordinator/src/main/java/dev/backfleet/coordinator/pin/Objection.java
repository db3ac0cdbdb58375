package dev.backfleet.coordinator.pin;

/**
 * What PostgreSQL has against the statements of a job.
 *
 * @param words what it says, without a value of a row
 * @param refuses whether no row could be changed; if not, the person is told and the job is stored
 */
public record Objection(String words, boolean refuses) {

    /** No row could be changed. */
    public static Objection refusal(String words) {
        return new Objection(words, true);
    }

    /** The person should know it. */
    public static Objection note(String words) {
        return new Objection(words, false);
    }
}
