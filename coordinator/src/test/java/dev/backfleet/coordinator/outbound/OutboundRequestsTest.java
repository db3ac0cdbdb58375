package dev.backfleet.coordinator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests go to the address that was checked. */
class OutboundRequestsTest {
    private static final int TLS_HANDSHAKE = 22;
    private static final Duration LONG = Duration.ofSeconds(20);
    private final Queue<String> hosts = new ConcurrentLinkedQueue<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI());
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/mute", exchange -> {});
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI address(String scheme, String host, String path) {
        return URI.create(scheme + "://" + host + ":" + server.getAddress().getPort() + path);
    }

    @Test
    void a_request_goes_to_the_address_that_was_checked_and_follows_no_redirect() {
        // The name means something else by now: nothing.
        var requests = new OutboundRequests(checked -> List.of(InetAddress.getLoopbackAddress()), LONG);
        var address = address("http", "changes.invalid", "/in?x=%20y");
        assertThat(requests.send(address, request -> request).join()).isEqualTo(302);
        assertThat(hosts)
                .containsExactly("changes.invalid:" + server.getAddress().getPort() + "/in?x=%20y");
    }

    @Test
    void with_https_a_server_that_proves_nothing_gets_no_request() throws Exception {
        var requests = new OutboundRequests(checked -> List.of(InetAddress.getLoopbackAddress()), LONG);
        try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Each connection is answered: the client sometimes asks once more.
            var first = new CompletableFuture<Integer>();
            var server = new Thread(() -> answerPlainly(plain, first), "plain-server");
            server.setDaemon(true);
            server.start();
            var address = URI.create("https://localhost:" + plain.getLocalPort() + "/");
            assertThatThrownBy(() -> requests.send(address, request -> request).join())
                    .hasCauseInstanceOf(SSLException.class);
            assertThat(first.join()).as("the first byte").isEqualTo(TLS_HANDSHAKE);
        }
    }

    private static void answerPlainly(ServerSocket server, CompletableFuture<Integer> first) {
        while (!server.isClosed()) {
            try (var connection = server.accept()) {
                first.complete(connection.getInputStream().read());
                connection.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                connection.shutdownOutput();
                // Closed with bytes that nobody has read, the connection would be reset; the client would then ask once
                // more.
                connection.getInputStream().readAllBytes();
            } catch (IOException e) {
                // The client has gone, or the test is over.
            }
        }
    }

    @Test
    void a_refused_address_gets_no_request() {
        var requests = new OutboundRequests(AddressRule.ALL_BUT_LINK_LOCAL::resolve, LONG);
        assertThatThrownBy(() -> requests.send(URI.create("http://169.254.169.254/"), request -> request)
                        .join())
                .hasCauseInstanceOf(RefusedAddressException.class);
    }

    @Test
    void a_server_that_does_not_answer_is_not_waited_for() {
        var requests = new OutboundRequests(AddressRule.ALL_BUT_LINK_LOCAL::resolve, Duration.ofMillis(300));
        assertThatThrownBy(() -> requests.send(address("http", "127.0.0.1", "/mute"), request -> request)
                        .join())
                .satisfies(failure -> assertThat(failure.getCause())
                        .isInstanceOfAny(TimeoutException.class, java.net.http.HttpTimeoutException.class));
    }
}
