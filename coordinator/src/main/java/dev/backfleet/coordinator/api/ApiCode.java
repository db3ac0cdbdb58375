package dev.backfleet.coordinator.api;

import dev.backfleet.common.failure.ExplainedFailure;

/** Why a request is not answered: the names of the command line's exit codes, and those that only HTTP has. */
public enum ApiCode {
    USAGE(400, "The request is wrong"),
    FORBIDDEN(403, "This client may not do this"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "The resource does not have this method"),
    CONFLICT(409, "The present state does not allow this"),
    REFUSED_BY_GATE(409, "A gate refuses this"),
    TOO_MANY_STREAMS(503, "Too many streams are open"),
    CANNOT_CONNECT(503, "The database cannot be used"),
    OTHER_VERSION(503, "The control schema has another version"),
    TIMED_OUT(503, "The database has not answered in time"),
    BUSY(503, "All connections of the API are in use"),
    STARTING(503, "The process is starting"),
    INTERNAL_ERROR(500, "A bug in Backfleet");

    private final int status;
    private final String title;

    ApiCode(int status, String title) {
        this.status = status;
        this.title = title;
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** The same in words, for each occurrence. */
    public String title() {
        return title;
    }

    /** Whether a client may ask again in a moment. */
    public boolean passes() {
        return status == 503;
    }

    static ApiCode of(ExplainedFailure.Kind kind) {
        return switch (kind) {
            case INVALID -> USAGE;
            case NOT_FOUND -> NOT_FOUND;
            case CONFLICT, RISKY -> CONFLICT;
            case ALREADY_DONE, GATE_CLOSED -> REFUSED_BY_GATE;
            case UNUSABLE -> CANNOT_CONNECT;
            case OTHER_VERSION -> OTHER_VERSION;
            case TIMED_OUT, LOCKED -> TIMED_OUT;
        };
    }
}
