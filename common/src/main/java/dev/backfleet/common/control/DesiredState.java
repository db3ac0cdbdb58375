package dev.backfleet.common.control;

/** What somebody wants of a scope. */
public enum DesiredState {
    /** Work may go on. */
    RUN,
    /** No row may change until RUN is asked for. */
    PAUSE,
    /** The job ends here. Has no meaning for the fleet. */
    CANCEL
}
