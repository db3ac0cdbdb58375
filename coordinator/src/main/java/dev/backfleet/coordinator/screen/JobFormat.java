package dev.backfleet.coordinator.screen;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanSize;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.operation.PromoteWave;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.timekeeping.TimeCause;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats a job's figures, the same on every screen and table. */
public final class JobFormat {
    private static final double LEAST_SHARE = 0.01;
    private static final double LEAST_SECONDS = 10;

    private JobFormat() {}

    /** The progress: {@code 51.3 %}. */
    public static String percent(JobStatus job) {
        return String.format(Locale.ROOT, "%.1f %%", job.percent());
    }

    /** The rows per second: {@code 24,310/s}; null if it is not running. */
    public static @Nullable String speed(JobStatus job) {
        var current = job.rate().current();
        return job.state() != JobState.RUNNING || current == null ? null : HumanText.number(current) + "/s";
    }

    /** Between which limits the remaining time probably is: {@code 2-4m}; null if it is not known. */
    public static @Nullable String eta(JobStatus job) {
        var range = job.etaRange();
        return range == null ? null : HumanText.between(range.lowSeconds(), range.highSeconds());
    }

    /** The rows: {@code 120 of about 1,000 scanned, 110 changed}. */
    public static String rows(JobStatus job) {
        var rows = job.rows();
        var estimated = rows.estimated();
        var of = estimated == null || job.state() == JobState.SUCCEEDED
                ? ""
                : " of about " + HumanText.number(estimated);
        return HumanText.number(rows.walked()) + of + " scanned, " + HumanText.number(rows.changed())
                + (job.settings().changesRows() ? " changed" : " compared")
                + (rows.quarantined() == 0 ? "" : ", " + HumanText.number(rows.quarantined()) + " in quarantine")
                + (rows.dismissed() == 0 ? "" : ", " + HumanText.number(rows.dismissed()) + " dismissed unchanged");
    }

    /** The remaining time, {@code 2m 10s to 3m 40s}, or why it is not known. */
    public static String etaOrWhy(JobStatus job, Instant now) {
        var range = job.etaRange();
        if (range == null) {
            return "unknown" + (job.etaNote() == null ? "" : ": " + job.etaNote());
        }
        var low = HumanText.elapsed(Duration.ofSeconds(range.lowSeconds()));
        var high = HumanText.elapsed(Duration.ofSeconds(range.highSeconds()));
        var window = job.window();
        var beyond = window != null && now.plusSeconds(range.highSeconds()).isAfter(window.closesAt());
        return (low.equals(high) ? low : low + " to " + high) + (beyond ? " within its time window" : "");
    }

    /** Where its time went: {@code working 63 %, lock-queue 20 %, paused 17 %}; nothing if it has worked all the time. */
    static Optional<String> time(JobStatus job) {
        var time = job.time();
        var total = time.total();
        var parts = time.spent().stream()
                .filter(part -> part.seconds() >= total * LEAST_SHARE)
                .toList();
        if (total < LEAST_SECONDS || parts.stream().allMatch(part -> part.cause() == TimeCause.WORKING)) {
            return Optional.empty();
        }
        return Optional.of(parts.stream()
                .map(part -> part.words() + " " + Math.round(100 * part.seconds() / total) + " %")
                .collect(Collectors.joining(", ")));
    }

    /** Rows per second: at present, or on average, without idle time, if the job has finished. */
    public static String rate(JobStatus job) {
        var average = job.averageRate();
        if (average.isPresent()) {
            return HumanText.number(average.getAsLong()) + " rows/s on average";
        }
        var current = job.rate().current();
        var limit = job.rate().limit();
        var now = current == null
                ? "not measured" + (job.lastBatchAt() == null ? " yet" : "")
                : HumanText.number(current) + " rows/s";
        var wal = job.settings().walBytesPerSecond();
        var none = wal == null ? ", no limit" : "";
        return now
                + (limit == null ? none : ", limit " + HumanText.number(limit) + " rows/s")
                + (wal == null ? "" : ", limit " + HumanSize.format(wal) + " of WAL/s");
    }

    /** The settings except the rate. */
    static String settings(JobStatus job) {
        var settings = job.settings();
        var window = job.window();
        return "concurrency " + settings.concurrency() + ", batches of " + settings.batchDuration() + ", priority "
                + settings.priority()
                + (settings.triggers().equals("suppress") ? ", triggers suppressed" : "")
                + (window == null ? "" : ", window " + window.between());
    }

    /** The shards by state: {@code 3 of 10 done, 2 running}. */
    public static String shards(JobStatus job) {
        var shards = job.shards();
        var text = new StringBuilder(
                HumanText.number(shards.done()) + " of " + HumanText.number(shards.total()) + " done");
        append(text, shards.running(), "running");
        append(text, shards.dispatched(), "dispatched");
        append(text, shards.pending(), "pending");
        append(text, shards.failed(), "failed");
        return text.toString();
    }

    /** The wave of a job: {@code 1 of 3, done 5m 10s ago, the next one begins in 4m 50s}. */
    static String wave(WaveStatus wave, Instant now) {
        var text = new StringBuilder(wave.number() + " of " + wave.of());
        if (wave.openShards() > 0) {
            text.append(", ").append(PromoteWave.count(wave.openShards())).append(" shards open");
        }
        if (wave.openShards() == 0 && wave.doneAt() != null) {
            text.append(", done ").append(HumanTime.age(wave.doneAt(), now)).append(" ago");
        }
        if (wave.nextAt() != null && wave.nextAt().isAfter(now)) {
            text.append(", the next one begins in ").append(HumanTime.age(now, wave.nextAt()));
        }
        return text.toString();
    }

    /** By when it is to be done, and how far that is: {@code 2026-12-24 05:00:00 UTC (in 3h 20m)}; null if its spec does not say. */
    static @Nullable String deadline(JobStatus job, Instant now) {
        var deadline = job.deadline();
        if (deadline == null) {
            return null;
        }
        var end = job.finishedAt();
        var reached = end == null ? now : end;
        var far = reached.isAfter(deadline) ? HumanTime.age(deadline, reached) : HumanTime.age(reached, deadline);
        var words = end == null
                ? reached.isAfter(deadline) ? far + " ago" : "in " + far
                : "ended " + far + (reached.isAfter(deadline) ? " after it" : " before it");
        return HumanTime.moment(deadline) + " (" + words + ")";
    }

    /** The time since its start, or until its end; null if it has not started. */
    static @Nullable String elapsed(JobStatus job, Instant now) {
        var started = job.startedAt();
        if (started == null) {
            return null;
        }
        var finished = job.finishedAt();
        var elapsed = positive(Duration.between(started, finished == null ? now : finished));
        return HumanText.elapsed(elapsed.toSeconds() == 0 ? elapsed : elapsed.truncatedTo(ChronoUnit.SECONDS));
    }

    private static void append(StringBuilder text, int count, String what) {
        if (count > 0) {
            text.append(", ").append(HumanText.number(count)).append(' ').append(what);
        }
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
