package dev.backfleet.coordinator.pin;

/**
 * The objection of PostgreSQL to the statements of a job.
 *
 * @param kind what follows from it
 * @param words the message, without values of rows
 */
public record Objection(Kind kind, String words) {

    /** No row could be changed. */
    public static Objection refusal(String words) {
        return new Objection(Kind.REFUSED, words);
    }

    /** Whether no row could be changed; otherwise the job is stored, with a warning. */
    public boolean refuses() {
        return kind == Kind.REFUSED;
    }

    /** What follows from it. */
    public enum Kind {
        /** No row could be changed: the spec is refused. */
        REFUSED,
        /** This role may not change rows; another role may be allowed to. */
        DENIED,
        /** The first row would be quarantined. */
        FIRST_ROW_REJECTED
    }
}
