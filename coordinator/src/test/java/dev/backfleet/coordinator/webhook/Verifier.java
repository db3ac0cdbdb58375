package dev.backfleet.coordinator.webhook;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.stream.Stream;

/** Verifies signatures from the text of the standard and of RFC 2104, without the JDK's HMAC. */
final class Verifier {
    private static final int BLOCK = 64;

    private Verifier() {}

    static boolean verifies(String secret, String id, String timestamp, String body, String header) {
        var key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        var signed = String.join(".", id, timestamp, body).getBytes(StandardCharsets.UTF_8);
        var expected = "v1," + Base64.getEncoder().encodeToString(hmac(key, signed));
        return Stream.of(header.split(" ")).anyMatch(expected::equals);
    }

    // H(K xor opad, H(K xor ipad, text)); the keys of this test are no longer than a block.
    private static byte[] hmac(byte[] key, byte[] text) {
        return sha256(padded(key, 0x5c), sha256(padded(key, 0x36), text));
    }

    private static byte[] padded(byte[] key, int pad) {
        var block = new byte[BLOCK];
        for (var i = 0; i < BLOCK; i++) {
            block[i] = (byte) ((i < key.length ? key[i] : 0) ^ pad);
        }
        return block;
    }

    private static byte[] sha256(byte[] first, byte[] second) {
        var all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        try {
            return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
