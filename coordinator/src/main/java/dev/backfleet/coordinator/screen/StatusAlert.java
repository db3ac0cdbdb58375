package dev.backfleet.coordinator.screen;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A notice that is shown before the figures: why a job does not progress, and what to do about it.
 *
 * @param style how prominent it is
 * @param text one or more sentences
 */
record StatusAlert(Style style, String text) {
    private static final int MOST_NOTES = 8;

    /** The notices about a job, the most important first. */
    static List<StatusAlert> of(Snapshot snapshot) {
        var job = snapshot.job();
        var fleet = snapshot.fleet();
        var notices = new ArrayList<StatusAlert>();
        if (job.error() != null) {
            notices.add(new StatusAlert(Style.BAD, job.error() + hintForHalted(job)));
        }
        if (fleet.readOnly() && !job.state().isTerminal()) {
            notices.add(new StatusAlert(
                    Style.LOUD,
                    "the server is read-only: no row changes; jobs resume by themselves when it accepts writes again"));
        }
        if (fleet.commitWait() != null && !job.state().isTerminal()) {
            notices.add(new StatusAlert(Style.LOUD, CommitWaitText.words(fleet.commitWait())));
        }
        quarantined(job).ifPresent(notices::add);
        leftOut(job).ifPresent(notices::add);
        if (fleet.paused() && !job.atRest()) {
            notices.add(new StatusAlert(Style.LOUD, FleetPause.words(fleet)));
        }
        if (job.reason() != null) {
            notices.add(new StatusAlert(Style.CAUTION, job.reason() + hintForPaused(job, fleet.at())));
        } else if (!hintForPaused(job, fleet.at()).isEmpty()) {
            notices.add(new StatusAlert(
                    Style.CAUTION, job.state().name().toLowerCase(Locale.ROOT) + hintForPaused(job, fleet.at())));
        }
        closedWindow(job).ifPresent(text -> notices.add(new StatusAlert(Style.CAUTION, text)));
        if (!job.atRest()) {
            ThrottleText.words(job.throttle()).ifPresent(words -> notices.add(new StatusAlert(Style.CAUTION, words)));
        }
        notes(job).forEach(text -> notices.add(new StatusAlert(Style.CAUTION, text)));
        waits(job).ifPresent(text -> notices.add(new StatusAlert(Style.CAUTION, text)));
        if (isToAdvance(job)) {
            idle(snapshot).forEach(text -> notices.add(new StatusAlert(Style.CAUTION, text)));
        }
        return notices;
    }

    /** Why no process works. */
    private static List<String> idle(Snapshot snapshot) {
        var texts = new ArrayList<String>();
        var commits = snapshot.fleet().commitWait() == null;
        // On a read-only server, and while commits wait, the leader cannot renew its lease.
        if (!snapshot.fleet().led() && !snapshot.fleet().readOnly() && commits) {
            texts.add("no active coordinator: nothing is planned or dispatched; 'backfleet coordinator' starts one");
        }
        texts.addAll(WorkerState.troubles(snapshot));
        // The heartbeats of workers of the release before wait as well.
        if (snapshot.workers().stream().noneMatch(WorkerStatus::alive) && commits) {
            texts.add("no worker is alive: 'backfleet worker' starts one");
        }
        return texts;
    }

    // Also, and above all, when the job has finished.
    private static Optional<StatusAlert> quarantined(JobStatus job) {
        var rows = job.rows().quarantined();
        return rows == 0
                ? Optional.empty()
                : Optional.of(new StatusAlert(
                        job.atRest() ? Style.BAD : Style.CAUTION,
                        (rows == 1 ? "a row is" : HumanText.number(rows) + " rows are")
                                + " in quarantine and not changed; 'backfleet quarantine " + job.name()
                                + "' lists them"));
    }

    // The number of rows that a trigger has kept unchanged is among the notes.
    private static Optional<StatusAlert> leftOut(JobStatus job) {
        var matching = job.findings().matching();
        return matching == null || matching == 0
                ? Optional.empty()
                : Optional.of(new StatusAlert(
                        Style.BAD,
                        "at least " + HumanText.number(matching)
                                + (matching == 1 ? " row of the range still matches" : " rows of the range still match")
                                + " where: a trigger kept them, or they were written in the old form since; submit the spec"
                                + " again to change them"));
    }

    private static List<String> notes(JobStatus job) {
        var notes = job.findings().notes();
        if (notes.size() <= MOST_NOTES) {
            return notes;
        }
        var some = new ArrayList<>(notes.subList(notes.size() - MOST_NOTES, notes.size()));
        some.add(
                0,
                HumanText.number(notes.size() - MOST_NOTES) + " older notes: 'backfleet status " + job.name()
                        + " -o json'");
        return some;
    }

    private static Optional<String> closedWindow(JobStatus job) {
        var window = job.window();
        return window == null || window.open() || !isToAdvance(job)
                ? Optional.empty()
                : Optional.of("outside of its time window (" + window.between() + "): waits until "
                        + JobFormat.moment(window.opensAt(), ZoneId.of(window.zone())) + ", then resumes by itself");
    }

    /** What a running job waits for an operator to do. */
    private static Optional<String> waits(JobStatus job) {
        var wave = job.wave();
        if (job.state() != JobState.RUNNING) {
            return Optional.empty();
        }
        if (wave != null && wave.openShards() == 0 && !wave.endsRollout() && wave.nextAt() == null) {
            return Optional.of("wave " + wave.number() + " of " + wave.of() + " is done; 'backfleet promote "
                    + job.name() + "' begins the next one");
        }
        return job.pausedTenants() == 0
                ? Optional.empty()
                : Optional.of((job.pausedTenants() == 1
                                ? "a tenant is"
                                : HumanText.number(job.pausedTenants()) + " tenants are")
                        + " paused; 'backfleet tenants " + job.name() + " --state paused' lists them");
    }

    private static String hintForPaused(JobStatus job, Instant now) {
        if (job.state() != JobState.PAUSED && job.state() != JobState.PAUSING) {
            return "";
        }
        var trouble = job.trouble();
        var resume = "'backfleet resume " + job.name() + "' resumes it";
        if (trouble == null) {
            return "; " + resume;
        }
        var look = trouble.nextLookAt();
        return look == null
                ? "; it does not resume by itself: " + resume
                : "; it resumes by itself when the failure is over, next check "
                        + (look.isAfter(now) ? "in " + HumanText.elapsed(Duration.between(now, look)) : "now") + "; "
                        + resume + " at once";
    }

    private static String hintForHalted(JobStatus job) {
        return job.state() == JobState.HALTED
                ? "; when that is fixed, 'backfleet resume " + job.name() + "' resumes it; 'backfleet cancel "
                        + job.name() + "' ends it"
                : "";
    }

    private static boolean isToAdvance(JobStatus job) {
        return switch (job.state()) {
            case PLANNING, RUNNING, PAUSING, CANCELLING -> true;
            case PAUSED, CANCELLED, SUCCEEDED, FAILED, HALTED -> false;
        };
    }
}
