package dev.backfleet.coordinator.timekeeping;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** The duty of booking where the time of jobs goes. It looks each second, and books every few seconds. */
public final class TimeKeeper {
    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** How often samples are thinned. */
    public static final Duration THIN = Duration.ofMinutes(10);

    private static final Duration BOOK = Duration.ofSeconds(5);

    private final TimeBooks books;
    private final LongSupplier unanswered;
    private final Map<Long, TimeAccount> accounts = new HashMap<>();
    private long epoch = -1;
    private long failures;
    private Instant led = Instant.MIN;

    /**
     * Creates the duty.
     *
     * @param unanswered how many requests of this coordinator for the lease the database has not answered so far
     */
    public TimeKeeper(TimeBooks books, LongSupplier unanswered) {
        this.books = books;
        this.unanswered = unanswered;
    }

    /**
     * Looks at the jobs.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        var look = books.look();
        var gap = gap(leader);
        if (leader != epoch) {
            led = look.at();
            epoch = leader;
        }
        accounts.keySet().retainAll(look.jobs().stream().map(JobMoment::job).collect(Collectors.toSet()));
        look.jobs().forEach(moment -> see(moment, gap));
        // A speed is the rows between two samples by the time that is booked between them.
        book(look.jobs().stream().filter(this::hasSampleDue).map(JobMoment::job).collect(Collectors.toSet()));
        sample(look.jobs());
    }

    private boolean hasSampleDue(JobMoment moment) {
        var account = accounts.get(moment.job());
        return account != null && account.samples().isDue(moment);
    }

    // What a long time since the last look went to. If this coordinator led all the time, it was only slow.
    private Optional<TimeCause> gap(long leader) {
        var before = failures;
        failures = unanswered.getAsLong();
        if (failures != before) {
            return Optional.of(TimeCause.DATABASE);
        }
        return leader == epoch ? Optional.empty() : Optional.of(TimeCause.NO_COORDINATOR);
    }

    private void see(JobMoment moment, Optional<TimeCause> gap) {
        var account = accounts.get(moment.job());
        if (account == null) {
            accounts.put(moment.job(), TimeAccount.open(moment, led, TimeCause.NO_COORDINATOR));
        } else if (gap.isPresent() && !account.continues(moment)) {
            // Another coordinator has booked in between, or the answer to a booking was lost.
            accounts.put(moment.job(), TimeAccount.open(moment, moment.at(), gap.get()));
        } else {
            gap.ifPresentOrElse(why -> account.seeAgain(moment, why), () -> account.see(moment));
        }
    }

    private void book(Set<Long> sampled) {
        var due = new ArrayList<TimeBooks.Entry>();
        accounts.forEach((job, account) -> {
            if (account.over() || account.open().compareTo(BOOK) >= 0 || sampled.contains(job)) {
                due.add(account.entry(job));
            }
        });
        if (due.isEmpty()) {
            return;
        }
        var booked = books.book(due);
        for (var entry : due) {
            var account = accounts.get(entry.job());
            if (!booked.contains(entry.job()) || entry.ended()) {
                accounts.remove(entry.job());
            } else if (account != null) {
                account.booked();
            }
        }
    }

    private void sample(List<JobMoment> jobs) {
        var due = new ArrayList<TimeBooks.Sample>();
        for (var moment : jobs) {
            var account = accounts.get(moment.job());
            if (account != null) {
                account.samples().due(moment).ifPresent(due::add);
            }
        }
        if (!due.isEmpty()) {
            books.sample(due);
        }
    }
}
