package dev.backfleet.standalone.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each toxic does what its name says, to the requested direction, and ends when it is removed. */
@Tag("server")
class ToxiproxyTest {
    private final Set<Socket> served = ConcurrentHashMap.newKeySet();
    private ToxiproxyServer server;
    private Toxiproxy proxy;
    private ServerSocket echo;
    private int port;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::serve);
        server = ToxiproxyServer.start(1);
        proxy = new Toxiproxy(server.address());
        port = proxy.create("echo", 0, "127.0.0.1:" + echo.getLocalPort());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        echo.close();
    }

    @Test
    void without_a_toxic_it_passes_everything_and_the_end() throws IOException {
        try (var client = connect()) {
            var sent = "x".repeat(200_000);
            assertThat(said(client, sent)).isEqualTo(sent);
            served.forEach(ToxiproxyTest::close);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void its_api_shows_creates_changes_and_deletes_proxies_and_toxics() {
        proxy.add("echo", "slow", "latency", "downstream", Map.of("latency", 5, "jitter", 1));
        var shown = proxy.call("GET", "/proxies", Map.of()).path("echo");
        assertThat(shown.path("listen").asText()).isEqualTo("127.0.0.1:" + port);
        assertThat(shown.path("enabled").asBoolean()).isTrue();
        var toxic = shown.path("toxics").path(0);
        assertThat(toxic.path("type").asText()).isEqualTo("latency");
        assertThat(toxic.path("stream").asText()).isEqualTo("downstream");
        assertThat(toxic.path("attributes").path("latency").asInt()).isEqualTo(5);

        proxy.call("POST", "/proxies/echo/toxics/slow", Map.of("toxicity", 0.5));
        assertThat(proxy.call("GET", "/proxies/echo/toxics/slow", Map.of())
                        .path("toxicity")
                        .asDouble())
                .isEqualTo(0.5);
        proxy.remove("echo", "slow");
        assertThat(proxy.call("GET", "/proxies/echo/toxics", Map.of())).isEmpty();
        proxy.call("DELETE", "/proxies/echo", Map.of());
        assertThat(proxy.call("GET", "/proxies", Map.of())).isEmpty();
        assertThatThrownBy(() -> proxy.remove("echo", "slow")).hasMessageContaining("proxy not found");
    }

    @Test
    void invalid_requests_are_rejected() {
        assertThatThrownBy(() -> proxy.add("echo", "x", "boredom", "upstream", Map.of()))
                .hasMessageContaining("invalid toxic type");
        assertThatThrownBy(() -> proxy.add("echo", "x", "latency", "upstream", Map.of("lateness", 1)))
                .hasMessageContaining("lateness");
        assertThatThrownBy(() -> proxy.create("echo", 0, "127.0.0.1:1")).hasMessageContaining("already exists");
        assertThatThrownBy(() -> proxy.create("other", 0, "nowhere")).hasMessageContaining("host:port");
    }

    @Test
    void latency_keeps_bytes_back_and_does_not_hurry() throws IOException {
        proxy.add("echo", "slow", "latency", "upstream", Map.of("latency", 100));
        try (var client = connect()) {
            // At least: how much longer it takes depends on the machine.
            var sent = System.nanoTime();
            assertThat(said(client, "hello")).isEqualTo("hello");
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"upstream", "downstream"})
    void in_a_black_hole_bytes_vanish_and_afterwards_the_connection_is_over(String stream) throws IOException {
        try (var client = connect()) {
            assertThat(said(client, "before")).isEqualTo("before");
            proxy.add("echo", "hole", "timeout", stream, Map.of("timeout", 0));
            client.setSoTimeout(100);
            assertThatThrownBy(() -> said(client, "lost")).isInstanceOf(SocketTimeoutException.class);
            proxy.remove("echo", "hole");
            client.setSoTimeout(60_000);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        try (var another = connect()) {
            assertThat(said(another, "after")).isEqualTo("after");
        }
    }

    @Test
    void behind_a_black_hole_a_connection_stays_half_open_when_its_server_has_gone() throws IOException {
        try (var client = connect()) {
            assertThat(said(client, "before")).isEqualTo("before");
            proxy.add("echo", "hole", "timeout", "downstream", Map.of("timeout", 0));
            served.forEach(ToxiproxyTest::close);
            client.setSoTimeout(100);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            proxy.remove("echo", "hole");
            client.setSoTimeout(60_000);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_timeout_that_is_not_0_ends_the_connection() throws IOException {
        try (var client = connect()) {
            proxy.add("echo", "hole", "timeout", "upstream", Map.of("timeout", 50));
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_reset_is_a_reset_and_not_an_end() throws IOException {
        try (var client = connect()) {
            assertThat(said(client, "before")).isEqualTo("before");
            proxy.add("echo", "reset", "reset_peer", "downstream", Map.of("timeout", 0));
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void slices_and_a_narrow_line_change_nothing_but_the_time() throws IOException {
        proxy.add("echo", "slices", "slicer", "upstream", Map.of("average_size", 7, "size_variation", 3, "delay", 10));
        proxy.add("echo", "narrow", "bandwidth", "downstream", Map.of("rate", 100));
        try (var client = connect()) {
            var sent = "0123456789".repeat(500);
            assertThat(said(client, sent)).isEqualTo(sent);
        }
    }

    @Test
    void a_limit_lets_so_many_bytes_through_and_no_more() throws IOException {
        proxy.add("echo", "limit", "limit_data", "downstream", Map.of("bytes", 4));
        try (var client = connect()) {
            client.getOutputStream().write("limited".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("limi");
        }
    }

    @Test
    void an_end_can_be_slow() throws IOException {
        proxy.add("echo", "slow", "slow_close", "downstream", Map.of("delay", 150));
        try (var client = connect()) {
            assertThat(said(client, "before")).isEqualTo("before");
            var closing = System.nanoTime();
            served.forEach(ToxiproxyTest::close);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - closing)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
        }
    }

    @Test
    void a_toxicity_of_0_affects_no_connection() throws IOException {
        proxy.call(
                "POST",
                "/proxies/echo/toxics",
                Map.of("type", "reset_peer", "stream", "upstream", "toxicity", 0, "attributes", Map.of("timeout", 0)));
        try (var client = connect()) {
            assertThat(said(client, "untouched")).isEqualTo("untouched");
        }
    }

    @Test
    void a_proxy_that_is_moved_ends_what_there_was_and_leads_elsewhere() throws IOException {
        try (var client = connect();
                var other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThat(said(client, "before")).isEqualTo("before");
            proxy.move("echo", "127.0.0.1:" + other.getLocalPort());
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            try (var next = new Socket(InetAddress.getLoopbackAddress(), port);
                    var reached = other.accept()) {
                next.getOutputStream().write('x');
                assertThat(reached.getInputStream().read()).isEqualTo('x');
            }
        }
    }

    @Test
    void a_disabled_proxy_rejects_connections_until_everything_is_reset() throws IOException {
        try (var client = connect()) {
            proxy.enable("echo", false);
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        proxy.reset();
        try (var client = connect()) {
            assertThat(said(client, "again")).isEqualTo("again");
        }
    }

    private Socket connect() throws IOException {
        var before = served.size();
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        // It is through when the server has it.
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> served.size() > before);
        return socket;
    }

    private static String said(Socket client, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(bytes);
        return new String(client.getInputStream().readNBytes(bytes.length), StandardCharsets.US_ASCII);
    }

    private void serve() {
        while (!echo.isClosed()) {
            try {
                var socket = echo.accept();
                served.add(socket);
                daemon(() -> echo(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // The test has ended it.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void daemon(Runnable work) {
        var thread = new Thread(work, "echo");
        thread.setDaemon(true);
        thread.start();
    }
}
