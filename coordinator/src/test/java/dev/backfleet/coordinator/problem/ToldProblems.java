package dev.backfleet.coordinator.problem;

import dev.backfleet.coordinator.duty.Problems;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Problems of jobs, kept in memory: every failure is the job's own. */
public final class ToldProblems implements Problems {
    /** What fails, by job. */
    public final Map<Long, String> told = new TreeMap<>();

    @Override
    public Optional<String> why(RuntimeException failure) {
        return Optional.ofNullable(failure.getMessage());
    }

    @Override
    public void tell(long job, String what, String why) {
        told.put(job, what + ": " + why);
    }

    @Override
    public void over(long job, String what) {
        told.remove(job);
    }
}
