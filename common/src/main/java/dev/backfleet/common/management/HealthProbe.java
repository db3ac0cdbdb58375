package dev.backfleet.common.management;

import dev.backfleet.common.settings.ListenAddress;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks a process for its health. With the JDK's small client: the other one takes longer to load than a probe may take. */
public final class HealthProbe {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int MOST_BYTES = 65_536;
    private static final int OK = 200;

    private HealthProbe() {}

    /** Where to ask a process that listens on an address; on this machine if it listens on all of them. */
    public static URI of(ListenAddress address) {
        var host = address.host();
        var local =
                host.equals("0.0.0.0") || host.equals("::") ? new ListenAddress("127.0.0.1", address.port()) : address;
        return URI.create("http://" + local);
    }

    /**
     * Asks once; never throws.
     *
     * @param process scheme, host and port; with a path, that is asked for instead
     * @param path what is asked for
     */
    public static Answer ask(URI process, String path) {
        var hasPath = process.getPath() != null && process.getPath().length() > 1;
        var target = hasPath ? process : process.resolve(path);
        try {
            var connection = target.toURL().openConnection();
            if (!(connection instanceof HttpURLConnection http)) {
                return new Answer(false, target + " is no http URL");
            }
            http.setConnectTimeout(PATIENCE_MILLIS);
            http.setReadTimeout(PATIENCE_MILLIS);
            http.setInstanceFollowRedirects(false);
            var status = http.getResponseCode();
            try (var body = status < 400 ? http.getInputStream() : http.getErrorStream()) {
                var text = body == null ? "" : new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
                return new Answer(status == OK, text.isBlank() ? "status " + status : text.strip());
            }
        } catch (IOException | IllegalArgumentException e) {
            return new Answer(false, target + " does not answer: " + e.getMessage());
        }
    }

    /** @param text what it has answered, or why it has not */
    public record Answer(boolean healthy, String text) {}
}
