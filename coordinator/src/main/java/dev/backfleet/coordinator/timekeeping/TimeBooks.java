package dev.backfleet.coordinator.timekeeping;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the time of jobs is booked, and samples of them are kept. */
public interface TimeBooks {

    /** Every job that has not finished, or whose time is not booked to its end. */
    Look look();

    /** Books time; a job for which somebody else has booked in between is left out. The ids of the others. */
    Set<Long> book(List<Entry> entries);

    /** Stores samples of jobs, and their outlook. */
    void sample(List<Sample> samples);

    /** Thins samples of more than a day, and removes those of jobs that finished long ago. */
    void thin();

    /**
     * One look.
     *
     * @param at when it was, by the database's clock
     */
    record Look(Instant at, List<JobMoment> jobs) {
        public Look {
            jobs = List.copyOf(jobs);
        }
    }

    /**
     * A sample of a job.
     *
     * @param cause what its time has gone to since the one before, mostly
     * @param since since when, if nobody looked at the job for so long that this is not when the one before was stored
     */
    record Sample(long job, Spent cause, @Nullable Instant since) {}

    /**
     * Time of a job.
     *
     * @param ended whether the job has finished at its end
     * @param seconds what was spent on what; together the time from {@code from} to {@code until}
     */
    record Entry(long job, Instant from, Instant until, boolean ended, Map<Spent, Double> seconds) {
        public Entry {
            seconds = Map.copyOf(seconds);
        }
    }
}
