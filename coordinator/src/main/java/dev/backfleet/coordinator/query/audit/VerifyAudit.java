package dev.backfleet.coordinator.query.audit;

import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query whether the audit was changed. It reads all rows once, in one snapshot. */
public final class VerifyAudit {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final Chain chain;

    public VerifyAudit(Chain chain) {
        this.chain = chain;
    }

    /**
     * Verifies the chain.
     *
     * @param anchor a hash from the log, with which the chain once ended; null: none
     * @throws OperationRefused INVALID if the anchor is no hash
     */
    public AuditChain.Report run(@Nullable String anchor) {
        var hash = anchor == null ? null : anchor.toLowerCase(Locale.ROOT);
        if (hash != null && !HASH.matcher(hash).matches()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "--anchor must be 64 hexadecimal digits",
                    "take it from a coordinator's log: the hash of 'the audit ends with'");
        }
        return chain.follow(new AuditChain(hash));
    }

    /** The stored chain. */
    @FunctionalInterface
    public interface Chain {
        /** Gives each row to the chain, and then its end. */
        AuditChain.Report follow(AuditChain chain);
    }
}
