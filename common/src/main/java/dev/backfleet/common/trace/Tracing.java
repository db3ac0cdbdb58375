package dev.backfleet.common.trace;

import dev.backfleet.common.telemetry.LoggedService;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes the spans of one process. It is off unless a standard variable of OpenTelemetry names where spans go; then its libraries are not
 * even loaded. Thread-safe.
 */
public interface Tracing extends AutoCloseable {
    /** Makes no spans. */
    Tracing OFF = new Off();

    /** Begins a span; end it in any case. */
    TraceSpan begin(TracedWork work, Cause cause);

    /** Whether spans are made: what costs something is only done then. */
    default boolean isOn() {
        return true;
    }

    /** Sends what was not sent yet, for some seconds at most. */
    @Override
    void close();

    /**
     * Opens what the standard variables ask for.
     *
     * @param environment of the process; the libraries read the process's own
     * @throws dev.backfleet.common.failure.ExplainedFailure INVALID if a variable has a value that cannot be used
     */
    static Tracing open(Map<String, String> environment, LoggedService service) {
        return isWanted(environment) ? OpenTelemetryTracing.configured(service) : OFF;
    }

    /** Whether a variable names an exporter or where to send spans, and none turns them off. */
    static boolean isWanted(Map<String, String> environment) {
        var off = environment.getOrDefault("OTEL_SDK_DISABLED", "").toLowerCase(Locale.ROOT);
        var exporter = environment.getOrDefault("OTEL_TRACES_EXPORTER", "");
        var named = List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").stream()
                .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        return !off.equals("true") && !exporter.equals("none") && (named || !exporter.isBlank());
    }

    /** Makes none. */
    final class Off implements Tracing {
        private Off() {}

        @Override
        public TraceSpan begin(TracedWork work, Cause cause) {
            return TraceSpan.NONE;
        }

        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public void close() {}
    }
}
