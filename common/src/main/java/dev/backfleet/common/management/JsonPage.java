package dev.backfleet.common.management;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A page of JSON that asks the database for each request. Only a few requests do so at the same time: the others are rejected, so that
 * a database that does not answer never holds the threads which answer for the process's health.
 */
final class JsonPage {
    private static final int REQUESTS = 2;
    private static final int ETAG_BYTES = 16;

    private final Supplier<String> text;
    private final Semaphore permits = new Semaphore(REQUESTS);

    JsonPage(Supplier<String> text) {
        this.text = text;
    }

    /** The content now; empty: too many ask at the same time. */
    Optional<Content> read() {
        if (!permits.tryAcquire()) {
            return Optional.empty();
        }
        try {
            var now = text.get();
            return Optional.of(new Content(now, etag(now)));
        } finally {
            permits.release();
        }
    }

    private static String etag(String text) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return '"' + HexFormat.of().formatHex(hash, 0, ETAG_BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** @param etag the same for the same text */
    record Content(String text, String etag) {
        /** Whether a client has it already, by its header If-None-Match. */
        boolean isKnown(@Nullable String ifNoneMatch) {
            return ifNoneMatch != null && (ifNoneMatch.strip().equals("*") || ifNoneMatch.contains(etag));
        }
    }
}
