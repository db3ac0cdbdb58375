package dev.backfleet.common.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.telemetry.LoggedService;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When spans are made, what they come from, and what they keep. */
class TracingTest {
    private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final Tracing tracing = new OpenTelemetryTracing(OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build());

    @AfterEach
    void close() {
        tracing.close();
    }

    @ParameterizedTest
    @CsvSource(
            emptyValue = "",
            value = {
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318, true",
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://c:4318/v1/traces, true",
                "OTEL_TRACES_EXPORTER=otlp, true",
                "OTEL_TRACES_EXPORTER=none OTEL_EXPORTER_OTLP_ENDPOINT=http://c:4318, false",
                "OTEL_SDK_DISABLED=TRUE OTEL_TRACES_EXPORTER=otlp, false",
                "OTEL_SERVICE_NAME=mine, false",
                "OTEL_EXPORTER_OTLP_ENDPOINT=, false",
                "'', false"
            })
    void it_is_on_only_if_a_standard_variable_says_where_spans_go(String variables, boolean on) {
        var environment = new java.util.HashMap<String, String>();
        for (var variable : variables.split(" ")) {
            var parts = variable.split("=", 2);
            environment.put(parts[0], parts.length > 1 ? parts[1] : "");
        }
        assertThat(Tracing.isWanted(environment)).isEqualTo(on);
    }

    @Test
    void off_costs_nothing_and_tells_nothing() {
        var off = Tracing.open(Map.of(), LoggedService.worker("1", "w"));
        var span = off.begin(TracedWork.PROCESS, Cause.link(OTHER)).tell(TraceAttribute.JOB, 1);
        span.end();
        assertThat(off.isOn()).isFalse();
        assertThat(span.traceparent()).isEmpty();
        assertThat(span.ids()).isEmpty();
    }

    @Test
    void a_parts_trace_is_its_parents_and_what_is_linked_begins_its_own() {
        var part = tracing.begin(TracedWork.PLAN, Cause.parent(OTHER));
        part.end();
        tracing.begin(TracedWork.PROCESS, Cause.link(part.traceparent().orElseThrow()))
                .end();
        var plan = spans.getFinishedSpanItems().get(0);
        var process = spans.getFinishedSpanItems().get(1);
        assertThat(plan.getTraceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(plan.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(process.getTraceId()).isNotEqualTo(plan.getTraceId());
        assertThat(process.getParentSpanContext().isValid()).isFalse();
        assertThat(process.getLinks())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(plan.getSpanId()));
        assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(process.getName()).isEqualTo("process backfleet.tasks");
        assertThat(process.getAttributes().toString())
                .contains("messaging.system=kafka", "messaging.operation.type=process");
    }

    @Test
    void a_span_keeps_64_events_and_its_failure() {
        var span = tracing.begin(TracedWork.PROCESS, Cause.NONE);
        for (var batch = 0; batch < 70; batch++) {
            span.event("batch", Map.of(TraceAttribute.ROWS, 500L));
        }
        span.failed("57014").end();
        var kept = spans.getFinishedSpanItems().get(0);
        assertThat(kept.getEvents()).hasSize(64);
        assertThat(kept.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(kept.getAttributes().toString()).contains("error.type=57014");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n"
            })
    void what_is_no_traceparent_is_no_cause(String text) {
        assertThat(Cause.read(text)).isEmpty();
        assertThat(Cause.link(text).traceparent()).isNull();
        tracing.begin(TracedWork.PROCESS, Cause.link(text)).end();
        assertThat(spans.getFinishedSpanItems()).singleElement().satisfies(span -> assertThat(span.getLinks())
                .isEmpty());
    }
}
