package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.metric.FleetMetric;
import dev.backfleet.common.metric.MetricPoint;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.query.audit.AuditChain;
import dev.backfleet.coordinator.query.audit.VerifyAudit;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of verifying the audit, and of writing the hash of its last row to the log: a copy that whoever can change the database cannot
 * change.
 */
public final class AuditCheck {
    /** How often it looks whether a check is due. */
    public static final Duration EVERY = Duration.ofSeconds(10);

    private static final Duration BETWEEN_CHECKS = Duration.ofHours(1);

    private static final Logger LOG = LoggerFactory.getLogger(AuditCheck.class);

    private final VerifyAudit verify;
    private final Ticker ticker;
    private Duration next = Duration.ZERO;
    private @Nullable String anchor;
    private volatile AuditChain.@Nullable Report last;

    public AuditCheck(VerifyAudit verify, Ticker ticker) {
        this.verify = verify;
        this.ticker = ticker;
    }

    /** Verifies if an hour has passed since it last could. What this process has seen as the end of the chain must still be in it. */
    public void runOnce() {
        if (ticker.now().compareTo(next) < 0) {
            return;
        }
        var report = verify.run(anchor);
        next = ticker.now().plus(BETWEEN_CHECKS);
        last = report;
        report.faults().forEach(fault -> LOG.atError()
                .addKeyValue("action", EventAction.AUDIT_CHANGED)
                .addKeyValue("why", fault)
                .log("the audit was changed"));
        if (report.whole() && report.last() > 0) {
            anchor = report.hash();
            LOG.atInfo()
                    .addKeyValue("action", EventAction.AUDIT_ANCHORED)
                    .addKeyValue("rows", report.rows())
                    .addKeyValue("seq", report.last())
                    .addKeyValue("hash", report.hash())
                    .log("the audit ends with");
        }
    }

    /** What was found last; nothing before the first look. */
    public List<MetricPoint> points() {
        var report = last;
        return report == null ? List.of() : List.of(MetricPoint.of(FleetMetric.AUDIT_CHAIN_OK, report.whole() ? 1 : 0));
    }
}
