package dev.backfleet.coordinator.api;

import dev.backfleet.common.cli.output.JsonOutput;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An answer, ready to be sent.
 *
 * @param type the media type
 * @param etag a strong entity tag: another body has another one
 * @param age how old it is, if the database has not given a newer one; null: it is new
 * @param next the parameter {@code after} of the next page; null: there is none
 * @param document what the body was written from; null if the body does not depend on the age
 */
public record Answer(
        String type,
        String body,
        String etag,
        @Nullable Duration age,
        @Nullable String next,
        @Nullable Document document) {
    private static final int TAG_BYTES = 12;

    /** A body that says itself how old it is. */
    public interface Document {
        /** The media type. */
        String type();

        /** The body; of age null, it is new. */
        String text(@Nullable Duration age);
    }

    /** A new answer that is the whole. */
    public static Answer of(String type, String body) {
        return new Answer(type, body, tag(body), null, null, null);
    }

    static Answer of(Resource.Found found) {
        if (found.body() instanceof Document document) {
            var text = document.text(null);
            return new Answer(document.type(), text, tag(text), null, found.next(), document);
        }
        return found.body() instanceof String text
                ? new Answer("text/plain", text, tag(text), null, found.next(), null)
                : json(JsonOutput.render(found.body()), found.next());
    }

    private static Answer json(String body, @Nullable String next) {
        return new Answer("application/json", body, tag(body), null, next, null);
    }

    private static String tag(String body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            return "\"" + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JVM must have it
        }
    }

    Answer aged(Duration old) {
        if (document == null) {
            return new Answer(type, body, etag, old, next, null);
        }
        var text = document.text(old);
        return new Answer(type, text, tag(text), old, next, document);
    }
}
