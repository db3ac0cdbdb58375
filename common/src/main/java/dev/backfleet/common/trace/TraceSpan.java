package dev.backfleet.common.trace;

import java.util.Map;
import java.util.Optional;

/** A span that has begun. What it is told must be no row value, key or password. Not thread-safe. */
public interface TraceSpan {
    /** Of a process without tracing. */
    TraceSpan NONE = new None();

    /** Tells a fact, for good. */
    TraceSpan tell(TraceAttribute attribute, long value);

    /** Tells a fact, for good. */
    TraceSpan tell(TraceAttribute attribute, String value);

    /** Something has happened now. A span keeps the first 64 of these. */
    void event(String name, Map<TraceAttribute, Long> facts);

    /** It has failed: with a SQLSTATE, or another short name of the same for each failure of its kind. */
    TraceSpan failed(String type);

    /** It is over. */
    void end();

    /** How others name it, as in the W3C's header {@code traceparent}. */
    Optional<String> traceparent();

    /** The ids of its trace and of itself, for log lines. */
    Optional<Ids> ids();

    /** The ids of a span, in hexadecimal digits. */
    record Ids(String trace, String span) {}

    /** Keeps nothing. */
    final class None implements TraceSpan {
        private None() {}

        @Override
        public TraceSpan tell(TraceAttribute attribute, long value) {
            return this;
        }

        @Override
        public TraceSpan tell(TraceAttribute attribute, String value) {
            return this;
        }

        @Override
        public void event(String name, Map<TraceAttribute, Long> facts) {}

        @Override
        public TraceSpan failed(String type) {
            return this;
        }

        @Override
        public void end() {}

        @Override
        public Optional<String> traceparent() {
            return Optional.empty();
        }

        @Override
        public Optional<Ids> ids() {
            return Optional.empty();
        }
    }
}
