package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.telemetry.EventAction;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether this coordinator leads: by a lease on the database's clock, which the leader renews several times before it
 * expires. A leader that could not renew it knows by its own monotonic clock when it no longer leads; statements that it has
 * already sent change nothing, because they check the epoch.
 */
public final class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final Lease lease;
    private final Duration length;
    private final Runnable outageOver;
    private final Ticker ticker;
    private final AtomicLong unanswered = new AtomicLong();
    private volatile Term term = Term.NONE;
    private Optional<Duration> unansweredSince = Optional.empty();
    private int failuresInARow;
    private volatile Duration answered;

    /**
     * On standby, until the lease was taken.
     *
     * @param outageOver is called at the first answer after more than one failure: connections that were open before the outage
     *     may be dead, and each would be noticed only by a timeout
     */
    public Leadership(Lease lease, Duration length, Runnable outageOver, Ticker ticker) {
        this.lease = lease;
        this.length = length;
        this.outageOver = outageOver;
        this.ticker = ticker;
        this.answered = ticker.now();
    }

    /** Takes the lease if it is free, renews it if it is ours. Call it several times within the lease's length. */
    public void runOnce() {
        var asked = ticker.now();
        OptionalLong epoch;
        try {
            epoch = lease.takeOrRenew(length);
        } catch (RuntimeException e) {
            requestFailed(asked, e);
            return; // the term expires by itself
        }
        answered = ticker.now();
        // A single failure is no outage: an administrator may have ended the session.
        if (failuresInARow > 1) {
            outageOver.run();
        }
        failuresInARow = 0;
        unansweredSince.ifPresent(since -> LOG.atWarn()
                .addKeyValue("seconds", asked.minus(since).toSeconds())
                .addKeyValue("action", EventAction.LEASE_AVAILABLE)
                .log("the leader lease could be requested again"));
        unansweredSince = Optional.empty();
        var led = epoch().isPresent();
        term = epoch.isPresent() ? new Term(epoch, asked.plus(length)) : Term.NONE;
        if (led != epoch.isPresent()) {
            LOG.atInfo()
                    .addKeyValue("epoch", epoch.isPresent() ? epoch.getAsLong() : "none")
                    .addKeyValue("action", epoch.isPresent() ? EventAction.LEADER_ACQUIRED : EventAction.LEADER_LOST)
                    .log(epoch.isPresent() ? "leading" : "on standby");
        }
    }

    // While the database is unreachable, this occurs several times a second: logged once.
    private void requestFailed(Duration asked, RuntimeException cause) {
        unanswered.incrementAndGet();
        failuresInARow++;
        if (unansweredSince.isEmpty()) {
            unansweredSince = Optional.of(asked);
            LOG.atWarn()
                    .addKeyValue("cause", cause.getMessage())
                    .addKeyValue("action", EventAction.LEASE_UNAVAILABLE)
                    .log("the leader lease could not be requested");
        }
    }

    /** How many requests the database has not answered so far, or with an error. */
    public long unanswered() {
        return unanswered.get();
    }

    /** Time since the database last answered a request for the lease, be it with a refusal; before the first one, since the start. */
    public Duration sinceAnswer() {
        return ticker.now().minus(answered);
    }

    /** The leader's epoch, if this coordinator leads now. */
    public OptionalLong epoch() {
        var current = term;
        return ticker.now().compareTo(current.end) < 0 ? current.epoch : OptionalLong.empty();
    }

    /** Releases the lease, so that another coordinator can lead at once. */
    public void resign() {
        var epoch = term.epoch;
        term = Term.NONE;
        if (epoch.isPresent()) {
            lease.giveBack();
        }
    }

    /** The leader lease, which all coordinators share. */
    public interface Lease {
        /** Takes the lease if it has expired, renews it if it is ours; the epoch, or nothing if another coordinator has it. */
        OptionalLong takeOrRenew(Duration length);

        /** Ends the lease if it is ours. */
        void giveBack();
    }

    private record Term(OptionalLong epoch, Duration end) {
        static final Term NONE = new Term(OptionalLong.empty(), Duration.ofNanos(Long.MIN_VALUE));
    }
}
