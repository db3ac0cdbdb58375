package dev.backfleet.coordinator.query.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows the chain of the audit, row by row in the order of their places, and finds what does not fit. It computes each hash itself,
 * as {@code backfleet.audit_hash} does, so that a changed function of the control schema does not hide a changed row.
 */
public final class AuditChain {
    /** How many faults are told; more are only counted. */
    public static final int TOLD = 20;

    private static final String NOTHING = "0".repeat(64);

    private final @Nullable String anchor;
    private final List<String> faults = new ArrayList<>();
    private long faultCount;
    private long rows;
    private long place;
    private String hash = NOTHING;
    private boolean anchorFound;

    /** @param anchor a hash that the chain once ended with, in lower case; null: none is known */
    public AuditChain(@Nullable String anchor) {
        this.anchor = anchor;
        this.anchorFound = anchor == null;
    }

    /** Takes the next row, by its place. */
    public void next(Link link) {
        rows++;
        var gap = link.seq() - place - 1;
        if (gap > 0) {
            found((gap == 1 ? "row " + (place + 1) + " is" : "rows " + (place + 1) + " to " + (link.seq() - 1) + " are")
                    + " missing");
        } else if (!hashAfter(hash, link.fields()).equals(link.hash())) {
            found("row " + link.seq() + " (" + link.words() + ") was changed, moved or inserted");
        }
        place = link.seq();
        hash = link.hash();
        anchorFound |= hash.equals(anchor);
    }

    /**
     * Ends with the last row.
     *
     * @param head what is stored of the end of the chain; null: nothing
     * @param unchained how many rows there are without a place
     */
    public Report end(@Nullable Head head, long unchained) {
        if (unchained > 0) {
            found(unchained + (unchained == 1 ? " row was" : " rows were") + " inserted without a place in the chain: "
                    + "the trigger was off, or backfleet.audit_head is empty");
        }
        if (head == null) {
            found("backfleet.audit_head is empty: it is not known where the chain ends");
        } else if (head.seq > place) {
            found("the end is missing: the last row is " + place + ", and there were " + head.seq);
        } else if (head.seq < place || !head.hash.equals(hash)) {
            found("the chain ends with another row than backfleet.audit_head says: row " + place + " instead of "
                    + head.seq);
        }
        if (!anchorFound) {
            found(
                    "no row has the hash of the anchor: rows up to it were changed or deleted, or it is of another database");
        }
        return new Report(faultCount == 0, rows, place, hash, faultCount, faults);
    }

    private void found(String fault) {
        faultCount++;
        if (faults.size() < TOLD) {
            faults.add(fault);
        }
    }

    private static String hashAfter(String previous, List<@Nullable String> fields) {
        var digest = sha256();
        digest.update(HexFormat.of().parseHex(previous));
        var text = new StringBuilder();
        for (var field : fields) {
            text.append(text.isEmpty() ? "" : ",");
            if (field == null) {
                text.append('-');
            } else {
                text.append(field.getBytes(StandardCharsets.UTF_8).length)
                        .append(':')
                        .append(field);
            }
        }
        return HexFormat.of().formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JVM must have it
        }
    }

    /**
     * A row in the chain.
     *
     * @param seq its place, from 1
     * @param hash the stored hash, as hexadecimal digits; empty: there is none
     * @param fields what the hash covers beside the hash of the row before, as text
     * @param words what the row is about, for a message
     */
    public record Link(long seq, String hash, List<@Nullable String> fields, String words) {}

    /** What is stored of the end of the chain: the place and the hash of the last row. */
    public record Head(long seq, String hash) {}

    /**
     * What was found, in the order of the JSON output; names and order are an interface.
     *
     * @param whole whether nothing was changed, as far as the chain and the anchor can tell
     * @param rows how many rows are in the chain
     * @param last the place of the last one; 0: there is none
     * @param hash its hash: the next anchor
     * @param faultCount how many faults were found
     * @param faults the first of them, each as a sentence
     */
    public record Report(boolean whole, long rows, long last, String hash, long faultCount, List<String> faults) {
        public Report {
            faults = List.copyOf(faults);
        }
    }
}
