package dev.backfleet.openfeature;

/** The database gave no answer about flags. */
public final class FlagSourceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong and what helps, without a value of the application */
    public FlagSourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
