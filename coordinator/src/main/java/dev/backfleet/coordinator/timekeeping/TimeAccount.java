package dev.backfleet.coordinator.timekeeping;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * The time of one job that is not booked yet. What is seen at one moment counts until the next one, unless nobody could look
 * for long; so the sum of what was spent is always the time that has passed.
 */
final class TimeAccount {
    /** Of a longer time between two looks, the first one says too little. */
    private static final Duration GAP = Duration.ofSeconds(5);

    private final Map<Spent, Double> spent = new HashMap<>();
    private final SampleAccount samples = new SampleAccount();
    private Instant from;
    private Instant until;
    private Map<Spent, Double> shares;
    private Spent mostly;
    private boolean over;

    private TimeAccount(Instant from, Spent first) {
        this.from = from;
        this.until = from;
        this.shares = Map.of(first, 1.0);
        this.mostly = first;
    }

    /**
     * The account of a job that this leader sees for the first time, or again.
     *
     * @param looks since when this coordinator looks at it
     * @param before what the time before that went to
     */
    static TimeAccount open(JobMoment first, Instant looks, TimeCause before) {
        var account = new TimeAccount(first.booked(), Spent.on(first.ended() ? TimeCause.HALTED : before));
        if (!first.ended()) {
            account.advance(looks.isBefore(first.at()) ? looks : first.at());
            account.set(Map.of(Spent.on(TimeCause.PLANNING), 1.0), Spent.on(TimeCause.PLANNING));
            account.advanceToStart(first);
            account.set(first.shares(), first.mostly());
        }
        account.advance(first.at());
        account.set(first);
        return account;
    }

    /** Adds the time since the last moment. When a plan was stored is known to the instant. */
    void see(JobMoment moment) {
        if (mostly.cause() == TimeCause.PLANNING && moment.started() != null) {
            advanceToStart(moment);
            set(moment);
        }
        advance(moment.at());
        set(moment);
    }

    private void advanceToStart(JobMoment moment) {
        var started = moment.started();
        if (started != null) {
            advance(started.isBefore(moment.at()) ? started : moment.at());
        }
    }

    /**
     * Adds the time since the last moment, after which this leader could not look for a while.
     *
     * @param why what a long time went to
     */
    void seeAgain(JobMoment moment, TimeCause why) {
        if (Duration.between(until, moment.at()).compareTo(GAP) > 0) {
            set(Map.of(Spent.on(why), 1.0), Spent.on(why));
        }
        see(moment);
    }

    private void set(Map<Spent, Double> all, Spent most) {
        shares = all;
        mostly = most;
    }

    private void set(JobMoment moment) {
        set(moment.shares(), moment.mostly());
        over = moment.state().isTerminal();
    }

    // A server that has taken over from another may have an earlier time.
    private void advance(Instant at) {
        if (at.isAfter(until)) {
            var seconds = Duration.between(until, at).toNanos() / 1e9;
            shares.forEach((what, share) -> spent.merge(what, share * seconds, Double::sum));
            samples.add(mostly, until, seconds);
            until = at;
        }
    }

    /** Whether this is all that nobody has booked yet: nobody else has, in between. */
    boolean continues(JobMoment moment) {
        return moment.booked().equals(from);
    }

    /** What its samples are to say. */
    SampleAccount samples() {
        return samples;
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
