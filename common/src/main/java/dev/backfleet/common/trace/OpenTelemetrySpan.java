package dev.backfleet.common.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Map;
import java.util.Optional;

/** A span of OpenTelemetry. */
final class OpenTelemetrySpan implements TraceSpan {
    private static final int EVENTS = 64;

    private final Span span;
    private int events;

    OpenTelemetrySpan(Span span) {
        this.span = span;
    }

    @Override
    public TraceSpan tell(TraceAttribute attribute, long value) {
        span.setAttribute(attribute.text(), value);
        return this;
    }

    @Override
    public TraceSpan tell(TraceAttribute attribute, String value) {
        span.setAttribute(attribute.text(), value);
        return this;
    }

    @Override
    public void event(String name, Map<TraceAttribute, Long> facts) {
        if (events < EVENTS) {
            events++;
            span.addEvent(name, OpenTelemetryTracing.attributes(facts));
        }
    }

    @Override
    public TraceSpan failed(String type) {
        span.setStatus(StatusCode.ERROR);
        return tell(TraceAttribute.ERROR_TYPE, type);
    }

    @Override
    public void end() {
        span.end();
    }

    @Override
    public Optional<String> traceparent() {
        var context = span.getSpanContext();
        return Optional.of("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                + context.getTraceFlags().asHex());
    }

    @Override
    public Optional<Ids> ids() {
        var context = span.getSpanContext();
        return Optional.of(new Ids(context.getTraceId(), context.getSpanId()));
    }
}
