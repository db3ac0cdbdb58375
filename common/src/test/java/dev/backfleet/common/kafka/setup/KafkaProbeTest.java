package dev.backfleet.common.kafka.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.TestKafka;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.embedded.SharedServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The messages when Kafka cannot be reached. */
@Tag("server")
class KafkaProbeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** The most that a probe may take. */
    private static final Duration LONG = Duration.ofSeconds(8);

    @Test
    void a_broker_answers() {
        var clients = TestKafka.shared(TaskQueueMode.AUTO).clients();
        assertThatCode(() -> new KafkaProbe(clients).check(Duration.ofSeconds(8)))
                .doesNotThrowAnyException();
    }

    @Test
    void a_port_where_nothing_listens_is_named() throws IOException {
        var port = freePort();
        assertUnreachable("127.0.0.1:" + port, Map.of())
                .hasMessageContainingAll("127.0.0.1:" + port, "nothing accepts connections", "check host and port");
    }

    @Test
    void a_port_that_accepts_and_says_nothing_is_no_broker() throws IOException {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertUnreachable("127.0.0.1:" + silent.getLocalPort(), Map.of())
                    .hasMessageContainingAll("did not answer as a Kafka broker", "security.protocol (PLAINTEXT)");
        }
    }

    @Test
    void a_port_that_says_nothing_is_asked_again_as_long_as_a_start_may_take() throws IOException {
        var now = new AtomicLong();
        var wait = new StartWait(
                Duration.ofSeconds(2), line -> {}, () -> Duration.ofSeconds(now.get()), pause -> now.incrementAndGet());
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> probe(silent.getLocalPort()).await(Duration.ofMillis(400), wait))
                    .isInstanceOf(KafkaUnreachableException.class)
                    .hasMessageContaining("did not answer as a Kafka broker")
                    .hasMessageEndingWith(", after 2 s of waiting");
        }
        assertThat(now.get()).as("asked three times").isEqualTo(2);
        var port = freePort();
        assertThatThrownBy(() -> probe(port).await(Duration.ofMillis(400), wait))
                .hasMessageContaining("nothing accepts connections");
        assertThat(now.get()).as("not asked again").isEqualTo(2);
    }

    private static KafkaProbe probe(int port) {
        var settings = new KafkaSettings("127.0.0.1:" + port, Map.of(), "test", TaskQueueMode.AUTO);
        return new KafkaProbe(new KafkaClients(settings, "test"));
    }

    @Test
    void a_port_that_hangs_up_is_no_broker() throws IOException {
        try (var rude = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serve(() -> rude.accept().close());
            assertUnreachable("127.0.0.1:" + rude.getLocalPort(), Map.of())
                    .hasMessageContaining("did not answer as a Kafka broker");
        }
    }

    @Test
    void a_server_of_another_kind_is_no_broker() {
        var postgres = "127.0.0.1:" + SharedServers.postgres().port();
        assertUnreachable(postgres, Map.of()).hasMessageContaining("the server is not a Kafka broker");
    }

    @Test
    void a_tls_port_is_distinguished_from_a_port_of_no_broker() throws IOException {
        try (var tls =
                SSLServerSocketFactory.getDefault().createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            serve(() -> {
                // It fails when the test is over.
                var socket = tls.accept();
                try (socket) {
                    ((SSLSocket) socket).startHandshake();
                } catch (IOException e) {
                    // Without a certificate no handshake succeeds; the client has had its answer all the same.
                }
            });
            // It answers at once, unless the machine is busy.
            assertUnreachable("127.0.0.1:" + tls.getLocalPort(), Map.of(), LONG)
                    .hasMessageContainingAll("the server speaks TLS", "SASL_SSL");
        }
    }

    @Test
    void an_unknown_host_and_a_missing_port_are_named() {
        assertUnreachable("no-such-host.invalid:9092", Map.of())
                .hasMessageContaining("'no-such-host.invalid' is unknown");
        assertUnreachable("localhost", Map.of()).hasMessageContaining("'localhost' is not host:port");
    }

    @Test
    void a_wrong_client_property_is_named() {
        var clients = TestKafka.shared(TaskQueueMode.AUTO).clients();
        assertUnreachable(clients.settings().bootstrapServers(), Map.of("security.protocol", "NONSENSE"))
                .hasMessageContaining("NONSENSE");
    }

    private static AbstractThrowableAssert<?, ?> assertUnreachable(String servers, Map<String, String> client) {
        return assertUnreachable(servers, client, TIMEOUT);
    }

    private static AbstractThrowableAssert<?, ?> assertUnreachable(
            String servers, Map<String, String> client, Duration timeout) {
        var settings = new KafkaSettings(servers, client, "test", TaskQueueMode.AUTO);
        return assertThatThrownBy(() -> new KafkaProbe(new KafkaClients(settings, "test")).check(timeout))
                .isInstanceOf(KafkaUnreachableException.class)
                .hasMessageContaining(servers)
                .satisfies(e -> org.assertj.core.api.Assertions.assertThat(e.getMessage())
                        .doesNotContain("\n"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void serve(Step step) {
        var thread = new Thread(() -> {
            try {
                while (true) {
                    step.run();
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
