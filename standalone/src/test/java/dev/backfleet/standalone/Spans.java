package dev.backfleet.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.trace.OpenTelemetryTracing;
import dev.backfleet.common.trace.TraceAttribute;
import dev.backfleet.common.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The spans of the processes of a test. */
final class Spans {
    static final String SUBMISSION = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    /** What a process of the test makes its spans with. */
    Tracing tracing() {
        return new OpenTelemetryTracing(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .build());
    }

    /** Fails unless the spans lead from the submission to each batch, and tell how many rows the workers have changed. */
    void assertLeadToTheRows(long changed) {
        assertThat(named("plan")).singleElement().satisfies(plan -> {
            assertThat(plan.getTraceId()).isEqualTo(SUBMISSION.split("-")[1]);
            assertThat(plan.getParentSpanId()).isEqualTo(SUBMISSION.split("-")[2]);
            assertThat(number(plan, TraceAttribute.SHARDS)).isPositive();
        });
        var sent = named("send backfleet.tasks");
        assertThat(sent).isNotEmpty().allSatisfy(span -> assertThat(linked(span))
                .isEqualTo(SUBMISSION.split("-")[2]));
        var ids = sent.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
        var processed = named("process backfleet.tasks");
        assertThat(processed).isNotEmpty().allSatisfy(span -> {
            assertThat(ids).contains(linked(span));
            assertThat(number(span, TraceAttribute.SHARD)).isPositive();
        });
        assertThat(processed.stream()
                        .mapToLong(span -> number(span, TraceAttribute.CHANGED))
                        .sum())
                .isEqualTo(changed);
        assertThat(processed.stream().flatMap(span -> span.getEvents().stream()).filter(event -> event.getName()
                        .equals("batch")))
                .isNotEmpty();
    }

    /** All that they tell. */
    String text() {
        return exporter.getFinishedSpanItems().toString();
    }

    private List<SpanData> named(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
    }

    private static String linked(SpanData span) {
        assertThat(span.getLinks()).as(span.toString()).hasSize(1);
        return span.getLinks().get(0).getSpanContext().getSpanId();
    }

    private static long number(SpanData span, TraceAttribute attribute) {
        return Objects.requireNonNull(
                span.getAttributes().get(AttributeKey.longKey(attribute.text())), attribute.text());
    }
}
