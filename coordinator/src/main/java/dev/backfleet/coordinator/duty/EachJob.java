package dev.backfleet.coordinator.duty;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.lead.PeriodicThread;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one part of a duty for one job after another. A failure is the problem of the job for which it occurs: the job's
 * status shows it, the part is retried for this job after a pause that doubles up to a minute, and the other jobs are not
 * affected.
 */
public final class EachJob {
    private static final Logger LOG = LoggerFactory.getLogger(EachJob.class);
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int MOST_CLEARED = 10_000;

    private final String what;
    private final Problems problems;
    private final Ticker ticker;
    private final Map<Long, Failed> failed = new ConcurrentHashMap<>();
    private final Set<Long> cleared = ConcurrentHashMap.newKeySet();

    /** @param what what is done, as a noun: planning */
    public EachJob(String what, Problems problems, Ticker ticker) {
        this.what = what;
        this.problems = problems;
        this.ticker = ticker;
    }

    /** Stores no failure: the first one ends the round. */
    public static EachJob failingFast(String what) {
        return new EachJob(what, Problems.NONE, () -> Duration.ZERO);
    }

    /**
     * Runs the work for a job, unless it has failed for this job a short while ago.
     *
     * @param otherwise the result if the work was not run, or failed
     */
    public <T> T run(long job, Supplier<T> work, T otherwise) {
        var before = failed.get(job);
        if (before != null && ticker.now().compareTo(before.nextTry) < 0) {
            return otherwise;
        }
        // A server that makes each job wait must not make the process look dead.
        PeriodicThread.progressed();
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

    /** Runs the work for a job, unless it has failed for this job a short while ago. */
    public void run(long job, Runnable work) {
        run(
                job,
                () -> {
                    work.run();
                    return true;
                },
                false);
    }

    // Also at the first success for each job: the former leader may have stored a failure.
    private void succeeded(long job, @Nullable Failed before) {
        if (before != null) {
            LOG.atInfo()
                    .addKeyValue("job", job)
                    .addKeyValue("action", EventAction.DUTY_RESTORED)
                    .log(what + " succeeds again");
        }
        if (cleared.size() > MOST_CLEARED) {
            cleared.clear();
        }
        if (cleared.add(job) || before != null) {
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
            LOG.atWarn()
                    .addKeyValue("job", job)
                    .addKeyValue("cause", why)
                    .addKeyValue("action", EventAction.DUTY_FAILED)
                    .log(what + " failed; retrying");
            LOG.atDebug().addKeyValue("job", job).setCause(e).log("stack trace: " + what + " failed");
        }
        problems.tell(job, what, why);
    }

    private record Failed(Duration nextTry, Duration pause) {}
}
