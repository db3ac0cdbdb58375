package dev.backfleet.common.settings;

/**
 * A setting is missing or invalid. The message is one line that names where the value came from and what to do, without
 * secrets.
 */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public SettingsException(String message) {
        super(message);
    }
}
