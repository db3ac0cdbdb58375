package dev.backfleet.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventJson;
import dev.backfleet.coordinator.notify.EventType;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.outbound.OutboundRequests;
import dev.backfleet.coordinator.webhook.WebhookSender.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent to an endpoint, and what its answers mean. */
class WebhookSenderTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Instant NOW = Instant.parse("2026-11-30T20:00:00Z");
    private static final String DATA =
            "{\"summary\":\"j is PAUSED\",\"actor\":\"ann\",\"reason\":\"<!channel> & more\",\"job\":{\"id\":7,\"name\":\"j\"}}";

    @TempDir
    Path directory;

    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final FakeDeliveries deliveries = new FakeDeliveries();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        answer("/ok", 204);
        answer("/broken", 500);
        answer("/moved", 302);
        server.createContext("/mute", exchange -> {});
        server.start();
        Files.writeString(directory.resolve("secret"), SECRET);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void answer(String path, int status) {
        server.createContext(path, exchange -> {
            received.add(Received.of(exchange));
            exchange.getResponseHeaders().add("Location", "/ok");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
    }

    // name, path
    private void run(String... webhooks) {
        var text = new StringBuilder("webhooks:\n");
        for (var i = 0; i < webhooks.length; i += 2) {
            var url = webhooks[i + 1].startsWith("http")
                    ? webhooks[i + 1]
                    : "http://127.0.0.1:" + server.getAddress().getPort() + webhooks[i + 1];
            text.append("  - { name: ")
                    .append(webhooks[i])
                    .append(", url: '")
                    .append(url)
                    .append("', ");
            text.append(webhooks[i].equals("chat") ? "format: slack }\n" : "secrets: secret }\n");
        }
        try {
            var file = Files.writeString(directory.resolve("webhooks.yaml"), text);
            new WebhookSender(
                            Webhooks.of(Optional.of(file), () -> {}),
                            deliveries,
                            new OutboundRequests(AddressRule.ALL_BUT_LINK_LOCAL::resolve, Duration.ofSeconds(2)),
                            "backfleet",
                            executor,
                            (duty, work) -> work.run(),
                            registry)
                    .runOnce(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String outcome(String webhook) {
        return await().until(() -> deliveries.ended.get(webhook), ended -> ended != null);
    }

    @Test
    void a_message_is_a_signed_cloud_event() {
        deliveries.add("ok", new Delivery(1, event(), 1, 0));
        run("ok", "/ok");
        assertThat(outcome("ok")).isEqualTo("true it answered 204 Optional.empty");
        var message = received.remove();
        assertThat(message.header("Content-type")).isEqualTo("application/cloudevents+json; charset=utf-8");
        var signature = String.valueOf(message.header("Webhook-signature"));
        assertThat(message.header("Webhook-id")).isEqualTo("msg_42");
        assertThat(message.header("Webhook-timestamp")).isEqualTo("" + NOW.getEpochSecond());
        assertThat(Verifier.verifies(SECRET, "msg_42", "" + NOW.getEpochSecond(), message.body, signature))
                .isTrue();
        var event = EventJson.read(message.body);
        assertThat(event.path("specversion").asText()).isEqualTo("1.0");
        assertThat(event.path("id").asText()).isEqualTo("42");
        assertThat(event.path("source").asText()).isEqualTo("/backfleet/backfleet");
        assertThat(event.path("type").asText()).isEqualTo("dev.backfleet.job.paused.v1");
        assertThat(event.path("subject").asText()).isEqualTo("jobs/7");
        assertThat(event.path("time").asText()).isEqualTo("2026-11-30T19:59:00Z");
        assertThat(event.path("data")).isEqualTo(EventJson.read(DATA));
    }

    @Test
    void a_message_to_slack_says_what_who_and_why_and_mentions_nobody() {
        deliveries.add("chat", new Delivery(1, event(), 3, 0));
        run("chat", "/ok");
        assertThat(outcome("chat")).startsWith("true");
        var message = received.remove();
        assertThat(message.header("Webhook-signature")).isNull();
        assertThat(message.body)
                .isEqualTo(
                        "{\"text\":\"j is PAUSED, by ann: &lt;!channel&gt; &amp; more (3 changes since the last message)\"}");
    }

    @Test
    void any_other_answer_than_success_is_a_failure_and_is_tried_again() throws IOException {
        var reset = resetting();
        for (var name : List.of("broken", "moved", "mute", "refused", "reset", "metadata")) {
            deliveries.add(name, new Delivery(1, event(), 1, 0));
        }
        run(
                "broken", "/broken",
                "moved", "/moved",
                "mute", "/mute",
                "refused", "http://127.0.0.1:1/",
                "reset", "http://127.0.0.1:" + reset.getLocalPort() + "/",
                "metadata", "http://169.254.169.254/");
        assertThat(outcome("broken")).isEqualTo("false it answered 500 Optional[PT5S]");
        assertThat(outcome("moved")).isEqualTo("false it answered 302, and no redirect is followed Optional[PT5S]");
        assertThat(outcome("mute")).isEqualTo("false no answer within 10 s Optional[PT5S]");
        assertThat(outcome("refused")).isEqualTo("false no answer (ConnectException) Optional[PT5S]");
        assertThat(outcome("reset")).startsWith("false no answer (");
        assertThat(outcome("metadata")).isEqualTo("false its host has a link-local or metadata address Optional[PT5S]");
        assertThat(received).extracting(Received::path).containsExactlyInAnyOrder("/broken", "/moved");
        reset.close();
    }

    private ServerSocket resetting() throws IOException {
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        executor.execute(() -> {
            while (!socket.isClosed()) {
                try (var accepted = socket.accept()) {
                    accepted.setSoLinger(true, 0);
                } catch (IOException e) {
                    return; // closed by the test
                }
            }
        });
        return socket;
    }

    @Test
    void a_slow_endpoint_holds_up_no_other() {
        deliveries.add("mute", new Delivery(1, event(), 1, 0));
        deliveries.add("ok", new Delivery(2, event(), 1, 0));
        run("mute", "/mute", "ok", "/ok");
        assertThat(outcome("ok")).startsWith("true");
        assertThat(deliveries.ended).doesNotContainKey("mute");
        assertThat(outcome("mute")).startsWith("false");
    }

    @Test
    void a_message_is_given_up_after_the_last_pause_and_a_test_at_once() {
        deliveries.add("broken", new Delivery(1, event(), 1, 6));
        run("broken", "/broken");
        assertThat(outcome("broken")).isEqualTo("false it answered 500 Optional.empty");
        deliveries.add("moved", new Delivery(2, null, 1, 0));
        run("moved", "/moved");
        assertThat(outcome("moved")).endsWith("Optional.empty");
        assertThat(received).extracting(Received::body).last().asString().contains("dev.backfleet.webhook.test.v1");
        assertThat(registry.get("backfleet_webhook_deliveries")
                        .tag("outcome", "given-up")
                        .counters())
                .hasSize(2);
    }

    @Test
    void a_coordinator_that_no_longer_leads_sends_nothing() {
        deliveries.add("ok", new Delivery(1, event(), 1, 0));
        deliveries.leads = false;
        run("ok", "/ok");
        await().until(() -> deliveries.refused);
        deliveries.leads = true;
        deliveries.add("other", new Delivery(2, event(), 1, 0));
        run("other", "/broken");
        assertThat(outcome("other")).startsWith("false");
        assertThat(received).extracting(Received::path).containsExactly("/broken");
    }

    private static CloudEvent event() {
        return new CloudEvent("42", EventType.JOB_PAUSED, NOW.minusSeconds(60), 7L, DATA);
    }

    private record Received(String path, Map<String, List<String>> headers, String body) {
        static Received of(HttpExchange exchange) throws IOException {
            return new Received(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        }

        @Nullable
        String header(String name) {
            var values = headers.get(name);
            return values == null ? null : values.get(0);
        }
    }

    /** One delivery for each webhook. */
    private static final class FakeDeliveries implements WebhookSender.Deliveries {
        private final Map<String, Delivery> due = new ConcurrentHashMap<>();
        private final Map<String, String> ended = new ConcurrentHashMap<>();
        private volatile boolean leads = true;
        private volatile boolean refused;

        void add(String webhook, Delivery delivery) {
            due.put(webhook, delivery);
        }

        @Override
        public boolean know(long epoch, List<Webhook> webhooks, Optional<String> rejection) {
            return true;
        }

        @Override
        public List<Delivery> due(String webhook, int most) {
            return Optional.ofNullable(due.get(webhook)).stream().toList();
        }

        @Override
        public Optional<Instant> begin(long epoch, long delivery) {
            refused |= !leads;
            return leads ? Optional.of(NOW) : Optional.empty();
        }

        @Override
        public boolean ended(String webhook, long delivery, Outcome outcome, Optional<Duration> retry) {
            ended.put(webhook, outcome.delivered() + " " + outcome.words() + " " + retry);
            return false;
        }
    }
}
