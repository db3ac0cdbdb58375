package dev.backfleet.common.settings;

import java.util.regex.Pattern;

/**
 * Where a process listens.
 *
 * @param host a name or an address; empty if it does not listen
 * @param port from 1 to 65535; 0: any that is free
 */
public record ListenAddress(String host, int port) {
    /** It does not listen. */
    public static final ListenAddress NONE = new ListenAddress("", 0);

    private static final String OFF = "none";
    private static final Pattern WRITTEN = Pattern.compile("(\\[[0-9A-Fa-f:.%a-z]+]|[A-Za-z0-9._-]+):([0-9]{1,5})");
    private static final int LAST_PORT = 65_535;

    /**
     * Reads {@code HOST:PORT} or {@code none}; an IPv6 address is in brackets.
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static ListenAddress parse(String text) {
        if (text.equals(OFF)) {
            return NONE;
        }
        var written = WRITTEN.matcher(text);
        if (!written.matches() || Integer.parseInt(written.group(2)) > LAST_PORT) {
            throw new IllegalArgumentException("not an address");
        }
        return new ListenAddress(written.group(1).replaceAll("[\\[\\]]", ""), Integer.parseInt(written.group(2)));
    }

    /** Whether the process listens. */
    public boolean isOn() {
        return !host.isEmpty();
    }

    /** The same host with another port. */
    public ListenAddress withPort(int other) {
        return new ListenAddress(host, other);
    }

    /** As it is written. */
    @Override
    public String toString() {
        if (!isOn()) {
            return OFF;
        }
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
