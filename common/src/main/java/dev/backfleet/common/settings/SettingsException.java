package dev.backfleet.common.settings;

/** A setting is missing or bad; the message is one line that names where it came from and what to do. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a message for the person who set it; never with a secret in it. */
    public SettingsException(String message) {
        super(message);
    }
}
