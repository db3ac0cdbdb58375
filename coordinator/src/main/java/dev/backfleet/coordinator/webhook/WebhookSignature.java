package dev.backfleet.coordinator.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs messages as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> says: HMAC-SHA256 over the id, the time and the
 * body, with each secret.
 */
final class WebhookSignature {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private WebhookSignature() {}

    /**
     * A secret as bytes.
     *
     * @param text {@code whsec_} and 24 to 64 bytes in Base64; blanks around it do not count
     * @throws IllegalArgumentException if it is not; the message does not have the text
     */
    static byte[] secret(String text) {
        var stripped = text.strip();
        var bytes = stripped.startsWith(PREFIX) ? decoded(stripped.substring(PREFIX.length())) : new byte[0];
        if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException("write whsec_ and 24 to 64 random bytes in Base64");
        }
        return bytes;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /**
     * The header {@code webhook-signature}.
     *
     * @param secrets in the order of their signatures
     * @param timestamp in seconds since 1970
     */
    static String of(List<byte[]> secrets, String id, long timestamp, String body) {
        var signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
        return secrets.stream()
                .map(secret -> "v1," + Base64.getEncoder().encodeToString(hmac(secret, signed)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] hmac(byte[] secret, byte[] signed) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + ALGORITHM, e);
        }
    }
}
