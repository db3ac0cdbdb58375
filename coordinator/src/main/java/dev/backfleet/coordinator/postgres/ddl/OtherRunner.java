package dev.backfleet.coordinator.postgres.ddl;

import dev.backfleet.common.failure.ExplainedFailure;

/** Another process changes the table's definition at this moment. */
final class OtherRunner extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    OtherRunner(String table) {
        super(
                Kind.CONFLICT,
                "another 'backfleet migration' command changes " + table + " at this moment",
                "wait for its end, and run this one again");
    }
}
