package dev.backfleet.common.kafka.setup;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Diagnoses the bootstrap servers by plain TCP connections: a Kafka client only reports a timeout. */
final class BootstrapConnectivity {
    private static final int MOST = 3;

    private final List<String> closed = new ArrayList<>();
    private final boolean plaintext;
    private final Duration timeout;
    private @Nullable InetSocketAddress open;

    private BootstrapConnectivity(boolean plaintext, Duration timeout) {
        this.plaintext = plaintext;
        this.timeout = timeout;
    }

    /** Connects to the first servers of the list, one after the other, until one accepts. */
    static BootstrapConnectivity connect(String servers, String security, Duration timeout) {
        var list = List.of(servers.split(","));
        var tried = list.subList(0, Math.min(MOST, list.size()));
        var doors = new BootstrapConnectivity(
                security.toUpperCase(Locale.ROOT).endsWith("PLAINTEXT"), timeout.dividedBy(tried.size()));
        for (var server : tried) {
            if (!doors.anyOpen()) {
                doors.connect(server.strip());
            }
        }
        return doors;
    }

    private void connect(String server) {
        var colon = server.lastIndexOf(':');
        if (colon <= 0 || !server.substring(colon + 1).matches("[0-9]{1,5}")) {
            closed.add("'" + server + "' is not host:port");
            return;
        }
        var host = server.substring(0, colon).replaceAll("^.*://|[\\[\\]]", "");
        try (var socket = new Socket()) {
            var address = new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1)));
            if (address.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            socket.connect(address, millis());
            open = address;
        } catch (UnknownHostException e) {
            closed.add("the host name '" + host + "' is unknown: check its spelling and the name server");
        } catch (IOException | IllegalArgumentException e) {
            closed.add("nothing accepts connections at " + server + " (" + e.getMessage()
                    + "): check host and port, and that the broker runs");
        }
    }

    boolean anyOpen() {
        return open != null;
    }

    /** Why no server accepted a connection. */
    String describe() {
        return String.join("; ", closed);
    }

    /** Whether a reachable server answers, but not as a Kafka broker does. */
    boolean isNotKafka() {
        return open != null && plaintext && ApiVersionsProbe.isNotKafka(open, millis());
    }

    /** Whether a reachable server answers a TLS handshake although the client is configured for plaintext. */
    boolean speaksTls() {
        if (open == null || !plaintext) {
            return false;
        }
        try (var plain = new Socket()) {
            plain.connect(open, millis());
            plain.setSoTimeout(millis());
            var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (var tls = (SSLSocket) factory.createSocket(plain, open.getHostString(), open.getPort(), true)) {
                tls.startHandshake();
                return true;
            }
        } catch (SSLHandshakeException e) {
            // A TLS answer, even if the certificate is not trusted; a closed connection is no answer.
            return !(e.getCause() instanceof EOFException);
        } catch (IOException e) {
            return false;
        }
    }

    private int millis() {
        return (int) Math.max(1, timeout.toMillis());
    }
}
