package dev.backfleet.coordinator.timekeeping;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the time of jobs is booked, and samples of them are kept. */
public interface TimeBooks {

    /** Every job that has not finished, or whose time is not booked to its end. */
    Look look();

    /** Books time; a job for which somebody else has booked in between is left out. The ids of the others. */
    Set<Long> book(List<Entry> entries);

    /** Stores a sample of each of these jobs, with what its time goes to, and its speed over the last minutes. */
    void sample(Map<Long, TimeCause> jobs);

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
