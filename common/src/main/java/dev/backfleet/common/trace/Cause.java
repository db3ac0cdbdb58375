package dev.backfleet.common.trace;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a span comes from: another span of which it is a part, or one that has caused it some time ago.
 *
 * @param traceparent the other span, as in the W3C's header {@code traceparent}; null: there is none, or it is not known
 * @param isParent whether it is a part of that one; otherwise it begins a trace of its own, with a link
 */
public record Cause(@Nullable String traceparent, boolean isParent) {
    private static final Pattern WRITTEN = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    /** Begins a trace that nothing is known to have caused. */
    public static final Cause NONE = new Cause(null, false);

    /** A part of that span. */
    public static Cause parent(@Nullable String traceparent) {
        return new Cause(valid(traceparent), true);
    }

    /** Begins a trace with a link to that span. */
    public static Cause link(@Nullable String traceparent) {
        return new Cause(valid(traceparent), false);
    }

    /** The span that the value names; empty if it is none, as anybody may write one. */
    public static Optional<String> read(@Nullable String value) {
        return Optional.ofNullable(valid(value));
    }

    private static @Nullable String valid(@Nullable String value) {
        return value != null && WRITTEN.matcher(value).matches() ? value : null;
    }
}
