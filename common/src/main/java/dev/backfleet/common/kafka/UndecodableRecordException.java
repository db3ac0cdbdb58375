package dev.backfleet.common.kafka;

/** A record is not one of ours. It is counted under its reason, logged and skipped. */
public final class UndecodableRecordException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Creates the exception. */
    public UndecodableRecordException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** The kind of failure, for the metric. */
    public Reason reason() {
        return reason;
    }

    /** Why a record was not understood. */
    public enum Reason {
        /** More bytes than any record of ours has. */
        OVERSIZED,
        /** Not the expected JSON. */
        MALFORMED,
        /** Written by a newer release. */
        NEWER;

        /** As the metric's tag says it. */
        public String tag() {
            return switch (this) {
                case OVERSIZED -> "oversized";
                case MALFORMED -> "malformed";
                case NEWER -> "newer";
            };
        }
    }
}
