package dev.backfleet.standalone.postgres.application;

import java.io.Serial;

/** A statement of the application failed; the message is the database's. */
public final class StatementFailed extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    StatementFailed(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}
