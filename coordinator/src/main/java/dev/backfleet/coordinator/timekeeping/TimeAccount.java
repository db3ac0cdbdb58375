package dev.backfleet.coordinator.timekeeping;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The time of one job that is not booked yet. What is seen at one moment counts until the next one; so the sum of what was
 * spent is always the time that has passed.
 */
final class TimeAccount {
    private final Map<Spent, Double> spent = new HashMap<>();
    private Instant from;
    private Instant until;
    private Map<Spent, Double> shares;
    private boolean over;

    private TimeAccount(Instant from, Map<Spent, Double> shares) {
        this.from = from;
        this.until = from;
        this.shares = shares;
    }

    /**
     * The account of a job that this leader sees for the first time.
     *
     * @param led since when this coordinator leads; before that, nobody has looked
     */
    static TimeAccount open(JobMoment first, Instant led) {
        var account = new TimeAccount(first.booked(), Map.of(Spent.on(TimeCause.HALTED), 1.0));
        if (!first.ended()) {
            account.shares = Map.of(Spent.on(TimeCause.NO_COORDINATOR), 1.0);
            account.advance(led.isBefore(first.at()) ? led : first.at());
            account.shares = first.shares();
        }
        account.see(first);
        return account;
    }

    /** Adds the time since the last moment. */
    void see(JobMoment moment) {
        advance(moment.at());
        shares = moment.shares();
        over = isOver(moment.state());
    }

    // A server that has taken over from another may have an earlier time.
    private void advance(Instant at) {
        if (at.isAfter(until)) {
            var seconds = Duration.between(until, at).toNanos() / 1e9;
            shares.forEach((what, share) -> spent.merge(what, share * seconds, Double::sum));
            until = at;
        }
    }

    private static boolean isOver(JobState state) {
        return state.isTerminal();
    }

    /** Whether the job has finished. */
    boolean over() {
        return over;
    }

    /** For how long nothing was booked. */
    Duration open() {
        return Duration.between(from, until);
    }

    /** What there is to book. */
    TimeBooks.Entry entry(long job) {
        return new TimeBooks.Entry(job, from, until, over, Map.copyOf(spent));
    }

    /** It is booked. */
    void booked() {
        from = until;
        spent.clear();
    }
}
