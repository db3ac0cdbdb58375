package dev.backfleet.coordinator.migration;

import dev.backfleet.common.failure.ExplainedFailure;

/** The role that is to change the table of a migration cannot be used for it. */
public final class TableDenied extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    /**
     * A denial.
     *
     * @param what what is denied, as a clause
     * @param remedy what to do, as a clause
     */
    public TableDenied(String what, String remedy, Throwable cause) {
        super(Kind.INVALID, what, remedy, cause);
    }
}
