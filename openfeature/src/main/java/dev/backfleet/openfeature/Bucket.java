package dev.backfleet.openfeature;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The place of a tenant among 10,000 for one flag, as the control schema's {@code backfleet.bucket} computes it. */
final class Bucket {
    /** How many there are: a hundredth of a percent each. */
    static final int COUNT = 10_000;

    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private Bucket() {}

    /**
     * The first four bytes of SHA-256 over the flag's name, a zero byte and the tenant, both in UTF-8, as a fraction of 2^32.
     *
     * @return 0 to 9,999
     */
    static int of(String flag, String tenant) {
        var hash = sha256();
        hash.update(flag.getBytes(StandardCharsets.UTF_8));
        hash.update((byte) 0);
        var first = ByteBuffer.wrap(hash.digest(tenant.getBytes(StandardCharsets.UTF_8)))
                .getInt();
        return (int) (((first & UNSIGNED) * COUNT) >>> Integer.SIZE);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
