package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does one thing for one job after another. Where it fails for a job, that is the job's own problem: its status tells, it is
 * tried again after a pause that doubles up to a minute, and the other jobs go on.
 */
public final class EachJob {
    private static final Logger LOG = LoggerFactory.getLogger(EachJob.class);
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int MOST_TOLD = 10_000;

    private final String what;
    private final Problems problems;
    private final Ticker ticker;
    private final Map<Long, Failed> failed = new ConcurrentHashMap<>();
    private final Set<Long> told = ConcurrentHashMap.newKeySet();

    /**
     * Creates it.
     *
     * @param what what is done, as a noun: planning
     */
    public EachJob(String what, Problems problems, Ticker ticker) {
        this.what = what;
        this.problems = problems;
        this.ticker = ticker;
    }

    /** Without anybody who keeps what fails: a failure ends the round. */
    public static EachJob plainly(String what) {
        return new EachJob(what, Problems.NONE, () -> Duration.ZERO);
    }

    /**
     * Does it for a job, unless it has failed a short while ago.
     *
     * @param otherwise the result if it was not done, or failed
     */
    public <T> T run(long job, Supplier<T> work, T otherwise) {
        var before = failed.get(job);
        if (before != null && ticker.now().compareTo(before.nextTry) < 0) {
            return otherwise;
        }
        try {
            var result = work.get();
            succeeded(job, before);
            return result;
        } catch (RuntimeException e) {
            var why = problems.why(e).orElseThrow(() -> e);
            failed(job, before, why, e);
            return otherwise;
        }
    }

    /** Does it for a job, unless it has failed a short while ago. */
    public void run(long job, Runnable work) {
        run(
                job,
                () -> {
                    work.run();
                    return true;
                },
                false);
    }

    // Also once for each job that another coordinator may have told of.
    private void succeeded(long job, @Nullable Failed before) {
        if (before != null) {
            LOG.atInfo().addKeyValue("job", job).log(what + " succeeds again");
        }
        if (told.size() > MOST_TOLD) {
            told.clear();
        }
        if (told.add(job) || before != null) {
            problems.over(job, what);
            failed.remove(job);
        }
    }

    private void failed(long job, @Nullable Failed before, String why, RuntimeException e) {
        var pause = before == null ? FIRST : before.pause.multipliedBy(2);
        if (pause.compareTo(LONGEST) > 0) {
            pause = LONGEST;
        }
        failed.put(job, new Failed(ticker.now().plus(pause), pause));
        if (before == null || !before.pause.equals(pause)) {
            LOG.atWarn().addKeyValue("job", job).addKeyValue("cause", why).log(what + " failed; it is tried again");
            LOG.atDebug().addKeyValue("job", job).setCause(e).log("why " + what + " failed");
        }
        problems.tell(job, what, why);
    }

    private record Failed(Duration nextTry, Duration pause) {}
}
