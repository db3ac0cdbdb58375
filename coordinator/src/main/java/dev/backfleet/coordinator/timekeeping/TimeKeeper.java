package dev.backfleet.coordinator.timekeeping;

import dev.backfleet.common.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The duty of booking where the time of jobs goes. It looks each second, and books every few seconds. */
public final class TimeKeeper {
    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    /** How often samples are thinned. */
    public static final Duration THIN = Duration.ofMinutes(10);

    private static final Duration BOOK = Duration.ofSeconds(5);
    private static final Duration SAMPLE = Duration.ofSeconds(10);
    private static final Duration SAMPLE_IDLE = Duration.ofMinutes(1);

    private final TimeBooks books;
    private final Map<Long, TimeAccount> accounts = new HashMap<>();
    private final Map<Long, Instant> sampled = new HashMap<>();
    private long epoch = -1;
    private @Nullable Instant led;

    public TimeKeeper(TimeBooks books) {
        this.books = books;
    }

    /**
     * Looks at the jobs.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        if (leader != epoch) {
            // Another coordinator may have booked in between.
            accounts.clear();
            led = null;
            epoch = leader;
        }
        var look = books.look();
        var began = led == null ? look.at() : led;
        led = began;
        var known = look.jobs().stream().map(JobMoment::job).collect(Collectors.toSet());
        accounts.keySet().retainAll(known);
        sampled.keySet().retainAll(known);
        look.jobs().forEach(moment -> see(moment, began));
        book();
        sample(look.jobs());
    }

    /** Thins the samples. */
    public void thin() {
        books.thin();
    }

    private void see(JobMoment moment, Instant began) {
        var account = accounts.get(moment.job());
        if (account == null) {
            accounts.put(moment.job(), TimeAccount.open(moment, began));
        } else {
            account.see(moment);
        }
    }

    private void book() {
        var due = new ArrayList<TimeBooks.Entry>();
        accounts.forEach((job, account) -> {
            if (account.over() || account.open().compareTo(BOOK) >= 0) {
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
        var due = new HashMap<Long, TimeCause>();
        for (var moment : jobs) {
            var every = moment.state() == JobState.RUNNING ? SAMPLE : SAMPLE_IDLE;
            var last = sampled.get(moment.job());
            if (!moment.state().isTerminal()
                    && (last == null
                            || Duration.between(last, moment.at()).compareTo(every) >= 0
                            || moment.at().isBefore(last))) {
                due.put(moment.job(), moment.cause());
                sampled.put(moment.job(), moment.at());
            }
        }
        if (!due.isEmpty()) {
            books.sample(due);
        }
    }
}
