package dev.backfleet.coordinator.access;

import dev.backfleet.common.failure.ExplainedFailure;

/** A request is not answered, whatever it asks for. */
public final class AccessDenied extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    AccessDenied(String what, String remedy) {
        super(Kind.INVALID, what, remedy);
    }
}
