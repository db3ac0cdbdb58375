package dev.backfleet.coordinator.screen;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.query.Blocker;
import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.JobTime;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.query.ShardMap;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WaveStatus;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Answers to show, changed from a usual one as a test needs them. */
public final class Screens {
    public static final Instant NOW = Instant.parse("2026-11-21T10:05:33Z");

    private String name = "split-names";
    private JobState state = JobState.RUNNING;
    private @Nullable String error;
    private @Nullable String reason;
    private long quarantined;
    private long dismissed;
    private JobStatus.@Nullable Window window;
    private @Nullable Instant deadline;
    private JobTime time = JobTime.NONE;
    private @Nullable WaveStatus wave;
    private JobStatus.Throttled throttle = JobStatus.Throttled.NOT;
    private JobStatus.Findings findings = JobStatus.Findings.NONE;
    private JobStatus.@Nullable Troubled trouble;
    private Instant lastBatchAt = NOW.minusSeconds(1);
    private JobStatus.Activity activity = JobStatus.Activity.NONE;
    private JobStatus.Shards shards = new JobStatus.Shards(20, 4, 2, 4, 10, 0);
    private ShardMap map = ShardMap.none(null);
    private final List<Blocker> blockers = new ArrayList<>();
    private FleetStatus fleet =
            new FleetStatus(NOW, "c-1", false, false, null, null, null, List.of(), null, Notifications.NONE);
    private final List<WorkerStatus> workers = new ArrayList<>();

    public Screens name(String other) {
        name = other;
        return this;
    }

    public Screens state(JobState other) {
        state = other;
        return this;
    }

    public Screens error(String text) {
        error = text;
        return this;
    }

    public Screens throttle(JobStatus.Throttled other) {
        throttle = other;
        return this;
    }

    public Screens quarantined(long rows) {
        quarantined = rows;
        return this;
    }

    public Screens dismissed(long rows) {
        dismissed = rows;
        return this;
    }

    public Screens reason(String text) {
        reason = text;
        return this;
    }

    public Screens trouble(String code, @Nullable Instant nextLookAt) {
        trouble = new JobStatus.Troubled(code, nextLookAt);
        return this;
    }

    public Screens findings(JobStatus.Findings other) {
        findings = other;
        return this;
    }

    /** No batch was committed for so long. */
    public Screens stillFor(int seconds, int dispatched, int running) {
        var since = NOW.minusSeconds(seconds);
        shards = new JobStatus.Shards(20, 10 - dispatched - running, dispatched, running, 10, 0);
        lastBatchAt = since;
        activity = new JobStatus.Activity(null, dispatched > 0 ? since : null);
        return this;
    }

    public Screens oldestTask(int secondsAgo) {
        activity = new JobStatus.Activity(activity.resumedAt(), NOW.minusSeconds(secondsAgo));
        return this;
    }

    public Screens notes(String... notes) {
        return findings(new JobStatus.Findings(List.of(notes), null, null, null, null, null, null, null, null));
    }

    public Screens resumed(int secondsAgo) {
        activity = new JobStatus.Activity(NOW.minusSeconds(secondsAgo), activity.oldestTaskAt());
        return this;
    }

    public Screens blocker(Blocker blocker) {
        blockers.add(blocker);
        return this;
    }

    public Screens readOnly() {
        fleet = new FleetStatus(NOW, null, true, false, null, null, null, List.of(), null, Notifications.NONE);
        return this;
    }

    public Screens fleetPaused(@Nullable String by, @Nullable String why) {
        fleet = new FleetStatus(
                NOW, "c-1", false, true, by, why, NOW.minusSeconds(60), List.of(), null, Notifications.NONE);
        return this;
    }

    public Screens window(boolean open) {
        window = new JobStatus.Window(
                "22:00-06:00 Europe/Berlin", "Europe/Berlin", open, NOW.plusSeconds(600), NOW.plusSeconds(6_000));
        return this;
    }

    public Screens wave(WaveStatus status) {
        wave = status;
        return this;
    }

    public Screens time(JobTime other) {
        time = other;
        return this;
    }

    public Screens noLeader() {
        fleet = new FleetStatus(NOW, null, false, false, null, null, null, List.of(), null, Notifications.NONE);
        return this;
    }

    public Screens commitsWait() {
        fleet = new FleetStatus(
                NOW,
                null,
                false,
                false,
                null,
                null,
                null,
                List.of(),
                "commits wait for a synchronous standby",
                Notifications.NONE);
        return this;
    }

    public Screens workers(int count) {
        IntStream.rangeClosed(1, count).forEach(i -> worker("w-" + i, true, true, new WorkerStatus.Held(7, i)));
        return this;
    }

    public Screens worker(String id, boolean alive, boolean taking, WorkerStatus.Held... held) {
        workers.add(new WorkerStatus(
                id,
                "host",
                17,
                4,
                held.length,
                taking,
                null,
                NOW,
                NOW.minusSeconds(12),
                alive,
                List.of(held),
                List.of()));
        return this;
    }

    /** A worker of whose last batches of the job some did not get their locks, or were slow with one or two rows. */
    public Screens recentBatches(String id, int failed, int slow, int of) {
        workers.add(new WorkerStatus(
                id,
                "host",
                17,
                4,
                0,
                true,
                null,
                NOW,
                NOW,
                true,
                List.of(),
                List.of(
                        new WorkerStatus.RecentBatches(7, failed, slow, of),
                        new WorkerStatus.RecentBatches(8, of, of, of))));
        return this;
    }

    public Screens notAccepting(String id, NotAccepting reason) {
        return notAccepting(id, reason, 600);
    }

    public Screens notAccepting(String id, NotAccepting reason, int startedAgo) {
        workers.add(new WorkerStatus(
                id,
                "host",
                17,
                4,
                0,
                false,
                new WorkerStatus.NotTaking(reason, NOW.minusSeconds(90)),
                NOW.minusSeconds(startedAgo),
                NOW,
                true,
                List.of(),
                List.of()));
        return this;
    }

    public Screens deadline(Instant moment) {
        deadline = moment;
        return this;
    }

    public Screens map(ShardMap shown) {
        map = shown;
        return this;
    }

    public Snapshot snapshot() {
        var job = new JobStatus(
                7,
                name,
                "public.people",
                state,
                new JobStatus.Rows(1_000_000L, 500_123, 512_345, quarantined, dismissed),
                state == JobState.SUCCEEDED ? 100 : 51.2,
                shards,
                new JobStatus.Rate(50_000L, 24_310L),
                state == JobState.RUNNING ? 65L : null,
                state == JobState.RUNNING ? new JobStatus.EtaRange(57, 130) : null,
                state == JobState.PAUSED ? "the job is paused" : null,
                NOW.minusSeconds(100),
                NOW.minusSeconds(90),
                state.isTerminal() ? NOW.minusSeconds(20) : null,
                error,
                reason,
                3,
                fleet.paused(),
                throttle,
                lastBatchAt,
                new JobStatus.Settings(8, "100ms", null, "normal", "fire", 1_000, "0.1%"),
                window,
                0,
                wave,
                trouble,
                findings,
                activity,
                time,
                deadline);
        return new Snapshot(job, fleet, workers, blockers, map);
    }
}
