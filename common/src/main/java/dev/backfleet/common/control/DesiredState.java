package dev.backfleet.common.control;

/** The desired state of a scope. */
public enum DesiredState {
    /** Work is permitted. */
    RUN,
    /** No row may change until RUN is requested. */
    PAUSE,
    /** The job ends. Not valid for the fleet. */
    CANCEL
}
