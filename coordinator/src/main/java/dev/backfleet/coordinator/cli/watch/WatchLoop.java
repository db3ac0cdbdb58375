package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.common.cli.output.TerminalInfo;
import dev.backfleet.common.cli.output.WindowSize;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.screen.TerminalCapabilities;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Follows a job until it has stopped or the user detaches. */
public final class WatchLoop {
    private static final Duration SCREEN_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);

    private final LongFunction<Snapshot> status;
    private final Map<String, String> environment;
    private @Nullable Duration every;

    private WatchLoop(LongFunction<Snapshot> status, Map<String, String> environment) {
        this.status = status;
        this.environment = environment;
    }

    /**
     * A loop.
     *
     * @param status the status of a job, by its id
     */
    public static WatchLoop of(LongFunction<Snapshot> status, Map<String, String> environment) {
        return new WatchLoop(status, environment);
    }

    /** How often to poll; null: the display's default. */
    public WatchLoop every(@Nullable Duration interval) {
        every = interval;
        return this;
    }

    /**
     * Follows the job.
     *
     * @param first the first status
     * @param screen the output for a live screen, if it is a terminal
     * @param lines the output for lines otherwise
     */
    public ExitCode watch(Snapshot first, PrintWriter screen, PrintWriter lines) throws InterruptedException {
        // From here on Ctrl-C detaches; before that, it ends the process as usual.
        var stop = StopSignal.install().received();
        if (!isScreen(environment)) {
            return watch(first, new LineDisplay(lines), LINE_INTERVAL, stop);
        }
        var window = WindowSize.follow(environment);
        return watch(
                first,
                new ScreenDisplay(screen, () -> TerminalCapabilities.of(window.now(), environment)),
                SCREEN_INTERVAL,
                stop);
    }

    private ExitCode watch(Snapshot first, Display display, Duration interval, CompletableFuture<ExitCode> stop)
            throws InterruptedException {
        Supplier<Snapshot> source = () -> status.apply(first.job().id());
        try (var feed = new StatusPoller(source, first, Ticker.system())) {
            return run(feed, display, Objects.requireNonNullElse(every, interval), stop);
        }
    }

    /** Shows the polled status until the job has stopped or {@code stop} completes. */
    static ExitCode run(StatusPoller feed, Display display, Duration interval, CompletableFuture<ExitCode> stop)
            throws InterruptedException {
        try (display) {
            var news = feed.latest();
            display.show(news);
            while (!news.snapshot().job().atRest()) {
                if (StopSignal.comesWithin(stop, interval)) {
                    display.detached(news.snapshot().job());
                    return ExitCode.INTERRUPTED;
                }
                news = feed.next();
                display.show(news);
            }
            return result(news.snapshot().job());
        }
    }

    private static ExitCode result(JobStatus job) {
        if (job.state() == JobState.SUCCEEDED) {
            return complete(job);
        }
        var why = Objects.requireNonNullElse(job.error(), job.reason());
        throw new CommandException(
                ExitCode.JOB_FAILED,
                "job " + job.name() + " (id " + job.id() + ") " + job.state() + (why == null ? "" : ": " + why));
    }

    // A job that has SUCCEEDED may have left rows out: a script must notice it by the exit code.
    private static ExitCode complete(JobStatus job) {
        var missing = job.rows().quarantined();
        if (missing > 0) {
            throw incomplete(
                    job, rows(missing) + " in quarantine and not changed: see 'backfleet quarantine " + job.id() + "'");
        }
        var leftOut = job.findings().leftOut();
        if (leftOut > 0) {
            throw incomplete(
                    job, "at least " + rows(leftOut) + " not changed: see 'backfleet status " + job.id() + "'");
        }
        return ExitCode.DONE;
    }

    private static CommandException incomplete(JobStatus job, String what) {
        return new CommandException(
                ExitCode.QUARANTINED, "job " + job.name() + " (id " + job.id() + ") SUCCEEDED, but " + what);
    }

    private static String rows(long rows) {
        return rows + (rows == 1 ? " row is" : " rows are");
    }

    /** Whether the terminal can move its cursor; others get lines. */
    private static boolean isScreen(Map<String, String> environment) {
        return TerminalInfo.from(environment).present()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Shows the status to the user. */
    interface Display extends AutoCloseable {

        void show(StatusPoller.News news);

        /** Shows that the user has detached, and that the job continues. */
        void detached(JobStatus job);

        @Override
        void close();
    }
}
