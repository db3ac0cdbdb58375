package dev.backfleet.coordinator.cli.watch;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.StopSignal;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.coordinator.query.Completion;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.screen.JobFormat;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits until a job is complete, and says what it waits for whenever that changes. */
public final class FinalizeLoop {
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Optional<Duration> timeout;
    private final boolean strict;
    private final Consumer<String> tell;
    private final Consumer<Finalized> result;
    private final Ticker ticker;

    private @Nullable String told;

    FinalizeLoop(
            Optional<Duration> timeout,
            boolean strict,
            Consumer<String> tell,
            Consumer<Finalized> result,
            Ticker ticker) {
        this.timeout = timeout;
        this.strict = strict;
        this.tell = tell;
        this.result = result;
        this.ticker = ticker;
    }

    /**
     * A wait that ends after a time.
     *
     * @param timeout nothing: it does not end before something ends it
     * @param strict whether rows that a person has dismissed are a failure
     * @param tell is called with each line to show
     * @param result is called when the wait ends, also if it fails; not if it is interrupted
     */
    public static FinalizeLoop of(
            Optional<Duration> timeout, boolean strict, Consumer<String> tell, Consumer<Finalized> result) {
        return new FinalizeLoop(timeout, strict, tell, result, Ticker.system());
    }

    /**
     * Waits for a job.
     *
     * @param idOrName the job
     * @throws CommandException if waiting is of no use, or took too long
     */
    public ExitCode await(ShowStatus status, String idOrName) throws InterruptedException {
        var first = status.run(idOrName);
        var stop = StopSignal.install().received();
        try (var poller = new StatusPoller(() -> status.run(first.job().id()), first, ticker)) {
            return run(poller, INTERVAL, stop);
        }
    }

    ExitCode run(StatusPoller poller, Duration interval, CompletableFuture<ExitCode> stop) throws InterruptedException {
        var start = ticker.now();
        var news = poller.latest();
        while (true) {
            var job = news.snapshot().job();
            var completion = Completion.of(job);
            var late = timeout.isPresent() && ticker.now().minus(start).compareTo(timeout.get()) >= 0;
            if (late || completion.isFinal()) {
                result.accept(Finalized.of(job, completion));
            }
            var ended = ended(job, completion);
            if (ended.isPresent()) {
                return ended.get();
            }
            var waits = news.trouble().orElseGet(() -> line(job, completion));
            if (late) {
                throw new CommandException(
                        completion.kind() == Completion.Kind.QUARANTINED ? ExitCode.QUARANTINED : ExitCode.TIMED_OUT,
                        timeout.get().isZero() ? waits : tooLate(timeout.get(), waits, job, completion));
            }
            tell(waits);
            if (StopSignal.comesWithin(stop, interval)) {
                return ExitCode.INTERRUPTED;
            }
            news = poller.next();
        }
    }

    private Optional<ExitCode> ended(JobStatus job, Completion completion) {
        return switch (completion.kind()) {
            case COMPLETE -> {
                tell(line(job, completion));
                yield Optional.of(ExitCode.DONE);
            }
            case DISMISSED -> {
                if (strict) {
                    throw new CommandException(ExitCode.QUARANTINED, line(job, completion));
                }
                tell(line(job, completion));
                yield Optional.of(ExitCode.DONE);
            }
            case LEFT_OUT -> throw new CommandException(ExitCode.QUARANTINED, line(job, completion));
            case NOT_SUCCEEDED -> throw new CommandException(ExitCode.JOB_FAILED, line(job, completion));
            case UNFINISHED, QUARANTINED -> Optional.empty();
        };
    }

    private void tell(String line) {
        if (!line.equals(told)) {
            told = line;
            tell.accept(line);
        }
    }

    private static String tooLate(Duration timeout, String waits, JobStatus job, Completion completion) {
        var eta = JobFormat.eta(job);
        var progress = completion.kind() == Completion.Kind.UNFINISHED
                ? ", " + JobFormat.percent(job) + " done" + (eta == null ? "" : ", ETA " + eta)
                : "";
        return "not complete after " + HumanDuration.format(timeout) + ": " + waits + progress;
    }

    private static String line(JobStatus job, Completion completion) {
        return "job " + job.name() + " (id " + job.id() + ") " + completion.words();
    }

    /**
     * How a wait ended, in the order of the JSON output; names and order are an interface.
     *
     * @param completion how far the job is from being complete
     * @param quarantined how many rows are in quarantine
     * @param dismissed how many rows a person has dismissed from it
     * @param leftOut how many rows it left out at least, although they need the change
     * @param message the same in words
     */
    public record Finalized(
            long id,
            String name,
            JobState state,
            Completion.Kind completion,
            long quarantined,
            long dismissed,
            long leftOut,
            String message) {

        private static Finalized of(JobStatus job, Completion completion) {
            return new Finalized(
                    job.id(),
                    job.name(),
                    job.state(),
                    completion.kind(),
                    job.rows().quarantined(),
                    job.rows().dismissed(),
                    job.findings().leftOut(),
                    line(job, completion));
        }
    }
}
