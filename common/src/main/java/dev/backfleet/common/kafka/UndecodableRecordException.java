package dev.backfleet.common.kafka;

/** A record cannot be decoded. It is counted under its reason, logged and skipped. */
public final class UndecodableRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public UndecodableRecordException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** Why a record cannot be decoded. */
    public enum Reason {
        /** The record is larger than any valid record. */
        OVERSIZED,
        /** The record is not the expected JSON. */
        MALFORMED,
        /** The record was written by a newer release. */
        NEWER;

        /** The value of the metric's tag. */
        public String tag() {
            return switch (this) {
                case OVERSIZED -> "oversized";
                case MALFORMED -> "malformed";
                case NEWER -> "newer";
            };
        }
    }
}
