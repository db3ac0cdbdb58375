package dev.backfleet.coordinator.lead;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this coordinator leads: by a lease on the database's clock, renewed long before it ends. A leader that could
 * not renew in time knows by its own monotonic clock that it no longer leads; what it still has under way is refused by
 * the epoch in its statements.
 */
public final class Leadership {
    private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);

    private final Lease lease;
    private final Duration length;
    private final Ticker ticker;
    private volatile Term term = Term.NONE;
    private Optional<Duration> unansweredSince = Optional.empty();

    /** Creates it; nobody leads yet. */
    public Leadership(Lease lease, Duration length, Ticker ticker) {
        this.lease = lease;
        this.length = length;
        this.ticker = ticker;
    }

    /** Takes the lease if it is free, renews it if it is ours. To be called several times within a lease's length. */
    public void runOnce() {
        var asked = ticker.now();
        OptionalLong epoch;
        try {
            epoch = lease.takeOrRenew(length);
        } catch (RuntimeException e) {
            notAsked(asked, e);
            return; // the term ends by itself
        }
        unansweredSince.ifPresent(since -> LOG.atWarn()
                .addKeyValue("seconds", asked.minus(since).toSeconds())
                .log("the leader's lease could be asked for again"));
        unansweredSince = Optional.empty();
        var led = epoch().isPresent();
        term = epoch.isPresent() ? new Term(epoch, asked.plus(length)) : Term.NONE;
        if (led != epoch.isPresent()) {
            LOG.atInfo()
                    .addKeyValue("epoch", epoch.isPresent() ? epoch.getAsLong() : "none")
                    .log(epoch.isPresent() ? "leading" : "standing by");
        }
    }

    // Several times a second, for as long as the database is away: said once.
    private void notAsked(Duration asked, RuntimeException cause) {
        if (unansweredSince.isEmpty()) {
            unansweredSince = Optional.of(asked);
            LOG.atWarn().addKeyValue("cause", cause.getMessage()).log("the leader's lease could not be asked for");
        }
    }

    /** The leader's epoch, if this coordinator leads now. */
    public OptionalLong epoch() {
        var current = term;
        return ticker.now().compareTo(current.end) < 0 ? current.epoch : OptionalLong.empty();
    }

    /** Gives the lease back, so that another can lead at once. */
    public void resign() {
        var epoch = term.epoch;
        term = Term.NONE;
        if (epoch.isPresent()) {
            lease.giveBack();
        }
    }

    /** The leader's lease, as it is kept by all coordinators together. */
    public interface Lease {
        /** Takes the lease if it has ended, renews it if it is ours; the epoch, or nothing if it is another's. */
        OptionalLong takeOrRenew(Duration length);

        /** Ends the lease if it is ours. */
        void giveBack();
    }

    private record Term(OptionalLong epoch, Duration end) {
        static final Term NONE = new Term(OptionalLong.empty(), Duration.ofNanos(Long.MIN_VALUE));
    }
}
