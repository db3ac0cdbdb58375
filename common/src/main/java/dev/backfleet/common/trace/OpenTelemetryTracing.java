package dev.backfleet.common.trace;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.telemetry.LoggedService;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Spans by OpenTelemetry's SDK. */
public final class OpenTelemetryTracing implements Tracing {
    private static final String ATTRIBUTES = "otel.resource.attributes";
    private static final long CLOSE_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    /** By an SDK, which is closed with this. */
    public OpenTelemetryTracing(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.tracer = sdk.getTracer("dev.backfleet");
    }

    static Tracing configured(LoggedService service) {
        ExporterLog.toTheProcessesLog();
        var defaults = Map.of(
                "otel.service.name", service.name(),
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none",
                // The sender of the JDK speaks no gRPC.
                "otel.exporter.otlp.protocol", "http/protobuf");
        try {
            return new OpenTelemetryTracing(AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> defaults)
                    .addPropertiesCustomizer(
                            config -> Map.of(ATTRIBUTES, attributes(service, config.getString(ATTRIBUTES, ""))))
                    .build()
                    .getOpenTelemetrySdk());
        } catch (ConfigurationException | IllegalArgumentException | IllegalStateException e) {
            throw new ExplainedFailure(
                    Kind.INVALID,
                    "the variables OTEL_… cannot be used: " + e.getMessage(),
                    "correct them, or remove them: without them there are no traces",
                    e);
        }
    }

    // What the environment says comes last, and takes precedence.
    private static String attributes(LoggedService service, String own) {
        var all = new ArrayList<String>();
        all.add("service.version=" + encoded(service.version()));
        if (!service.node().isEmpty()) {
            all.add("service.instance.id=" + encoded(service.node()));
        }
        if (!own.isBlank()) {
            all.add(own);
        }
        return String.join(",", all);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public TraceSpan begin(TracedWork work, Cause cause) {
        var span = tracer.spanBuilder(work.text()).setSpanKind(kind(work)).setNoParent();
        var other = context(cause.traceparent());
        if (other != null && cause.isParent()) {
            span.setParent(Context.root().with(Span.wrap(other)));
        } else if (other != null) {
            span.addLink(other);
        }
        if (work == TracedWork.SEND || work == TracedWork.PROCESS) {
            var operation = work == TracedWork.SEND ? "send" : "process";
            span.setAttribute(TraceAttribute.MESSAGING_SYSTEM.text(), "kafka");
            span.setAttribute(TraceAttribute.MESSAGING_OPERATION.text(), operation);
            span.setAttribute(TraceAttribute.MESSAGING_OPERATION_TYPE.text(), operation);
        }
        return new OpenTelemetrySpan(span.startSpan());
    }

    private static SpanKind kind(TracedWork work) {
        return switch (work) {
            case SUBMIT -> SpanKind.CLIENT;
            case SEND -> SpanKind.PRODUCER;
            case PROCESS -> SpanKind.CONSUMER;
            case PLAN -> SpanKind.INTERNAL;
        };
    }

    private static @Nullable SpanContext context(@Nullable String traceparent) {
        if (traceparent == null) {
            return null;
        }
        var parts = traceparent.split("-", -1);
        return SpanContext.createFromRemoteParent(
                parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
    }

    static Attributes attributes(Map<TraceAttribute, Long> facts) {
        var attributes = Attributes.builder();
        facts.forEach((attribute, value) -> attributes.put(AttributeKey.longKey(attribute.text()), value));
        return attributes.build();
    }

    @Override
    public void close() {
        sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
