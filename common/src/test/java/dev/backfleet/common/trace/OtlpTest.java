package dev.backfleet.common.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.management.HttpServerLimits;
import dev.backfleet.common.telemetry.LoggedService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans leave a process over OTLP, as the standard variables say; the libraries read system properties in the same way. */
class OtlpTest {
    private static final LoggedService SERVICE = LoggedService.worker("1.2.3", "w-7");

    private final List<String> received = new CopyOnWriteArrayList<>();
    private HttpServer collector;

    @BeforeEach
    void listen() throws IOException {
        // The tests of the management listener may run later in this JVM.
        HttpServerLimits.set();
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            received.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Content-Type") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        System.setProperty(
                "otel.exporter.otlp.endpoint",
                "http://127.0.0.1:" + collector.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        collector.stop(0);
        System.clearProperty("otel.exporter.otlp.endpoint");
        System.clearProperty("otel.traces.sampler");
        System.clearProperty("otel.exporter.otlp.protocol");
    }

    @Test
    void what_is_closed_has_sent_its_spans_and_nothing_else() {
        try (var tracing = Tracing.open(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"), SERVICE)) {
            tracing.begin(TracedWork.PROCESS, Cause.NONE)
                    .tell(TraceAttribute.JOB_NAME, "split-names")
                    .end();
        }
        assertThat(received)
                .singleElement()
                .asString()
                .startsWith("/v1/traces application/x-protobuf ")
                .contains("process backfleet.tasks", "backfleet-worker", "1.2.3", "w-7", "split-names");
    }

    @Test
    void grpc_is_refused_instead_of_sending_nothing() {
        System.setProperty("otel.exporter.otlp.protocol", "grpc");
        assertThatThrownBy(() -> Tracing.open(Map.of("OTEL_TRACES_EXPORTER", "otlp"), SERVICE))
                .isInstanceOf(ExplainedFailure.class)
                .hasMessageContaining("variables OTEL_");
    }

    @Test
    void a_variable_that_cannot_be_used_is_said_with_its_remedy() {
        System.setProperty("otel.traces.sampler", "sometimes");
        assertThatThrownBy(() -> Tracing.open(Map.of("OTEL_TRACES_EXPORTER", "otlp"), SERVICE))
                .isInstanceOf(ExplainedFailure.class)
                .hasMessageContaining("sometimes")
                .hasMessageContaining("correct them, or remove them");
    }
}
