package dev.backfleet.coordinator.problem;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.unit.HumanTime;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What prevents, delays or threatens the work of a job. */
public final class JobProblems {
    private static final int MOST_REMARKS = 8;

    // How backfleet.budget_spent begins.
    private static final String BUDGET_SPENT = "error budget spent: ";

    private final JobStatus job;
    private final Snapshot snapshot;
    private final List<Problem> found = new ArrayList<>();

    private JobProblems(Snapshot snapshot) {
        this.snapshot = snapshot;
        this.job = snapshot.job();
    }

    /** The problems of a job, the most important first; at least one if it is to move and has not moved for a while. */
    public static List<Problem> of(Snapshot snapshot) {
        var problems = new JobProblems(snapshot);
        problems.find();
        return ProblemOrder.sorted(problems.found, snapshot);
    }

    /** The job's state; if it is to move and does not, or is slow, what it waits for: {@code RUNNING (no worker)}. */
    public static String state(Snapshot snapshot) {
        return state(snapshot, of(snapshot));
    }

    /**
     * The job's state.
     *
     * @param problems the job's, in their order
     */
    public static String state(Snapshot snapshot, List<Problem> problems) {
        var job = snapshot.job();
        var state = job.state().name();
        if (problems.stream().anyMatch(problem -> problem.code() == ProblemCode.JOB_PAUSED_ITSELF)) {
            return state + " (by itself)";
        }
        return problems.stream()
                .filter(problem -> job.toAdvance() && holdsWork(problem, snapshot))
                .map(Problem::code)
                .findFirst()
                .map(code -> switch (code) {
                    case THROTTLED -> ThrottleProblems.state(job.throttle());
                    case WAVE_DONE -> state + " (waits for promotion)";
                    case WAVE_NOT_RECONCILED -> state + " (waits for a reconcile)";
                    default -> state + " (" + code.text().replace('-', ' ') + ")";
                })
                .orElse(state);
    }

    private static boolean holdsWork(Problem problem, Snapshot snapshot) {
        return switch (problem.code()) {
            case WORKERS_ACCEPT_NO_TASKS, TENANTS_PAUSED -> ProblemOrder.stops(problem, snapshot);
            default -> problem.code().holdsWork();
        };
    }

    private void find() {
        var fleet = snapshot.fleet();
        ended();
        if (!job.state().isTerminal()) {
            FleetProblems.readOnly(fleet).ifPresent(found::add);
            FleetProblems.commitsWait(fleet).ifPresent(found::add);
        }
        found.addAll(RowProblems.of(job));
        if (!job.atRest()) {
            FleetProblems.paused(fleet).ifPresent(found::add);
        }
        stopped(fleet.at());
        closedWindow();
        if (!job.atRest()) {
            throttled();
        }
        DeadlineProblems.of(job, fleet.at()).ifPresent(found::add);
        remarks();
        waits();
        StandbyProblems.of(job).ifPresent(found::add);
        if (job.toAdvance()) {
            WorkerProblems.of(fleet, snapshot.workers()).stream()
                    .filter(this::concerns)
                    .map(problem -> rests() ? problem.atMost(Severity.WARNING) : problem)
                    .forEach(found::add);
            StandstillProblems.of(snapshot, found).ifPresent(found::add);
        }
    }

    private void add(
            ProblemCode code, Severity severity, String message, @Nullable String remedy, boolean goesOnByItself) {
        found.add(new Problem(code, severity, null, message, remedy, goesOnByItself));
    }

    private void ended() {
        var error = job.error();
        if (error == null) {
            return;
        }
        if (job.state() == JobState.HALTED && error.startsWith(BUDGET_SPENT) && !isBudgetSpent()) {
            add(
                    ProblemCode.JOB_HALTED,
                    Severity.ERROR,
                    "the error budget is no longer spent: "
                            + HumanText.number(job.rows().quarantined()) + " rows in quarantine, "
                            + HumanText.number(job.settings().errorBudgetRows()) + " rows and "
                            + job.settings().errorBudgetRatio() + " of the scanned rows may be",
                    "'backfleet resume " + job.name() + "' continues; 'backfleet cancel " + job.name() + "' ends it",
                    false);
        } else if (job.state() == JobState.HALTED) {
            add(
                    ProblemCode.JOB_HALTED,
                    Severity.ERROR,
                    error,
                    "when that is fixed, 'backfleet resume " + job.name() + "' resumes it; 'backfleet cancel "
                            + job.name() + "' ends it",
                    false);
        } else {
            found.add(new Problem(ProblemCode.JOB_FAILED, Severity.ERROR, job.finishedAt(), error, null, false));
        }
    }

    // It was raised, or rows left the quarantine.
    private boolean isBudgetSpent() {
        var settings = job.settings();
        return new ErrorBudget(settings.errorBudgetRows(), ErrorBudget.ratio(settings.errorBudgetRatio()))
                .isSpent(job.rows().quarantined(), job.rows().walked());
    }

    private void stopped(Instant now) {
        var reason = job.reason();
        var paused = job.state() == JobState.PAUSED || job.state() == JobState.PAUSING;
        if (reason == null && !paused) {
            return;
        }
        var message = reason == null ? job.state().name().toLowerCase(Locale.ROOT) : reason;
        var resume = "'backfleet resume " + job.name() + "' resumes it";
        var trouble = job.trouble();
        if (!paused) {
            add(ProblemCode.JOB_PAUSED, Severity.WARNING, message, null, false);
        } else if (trouble == null) {
            add(ProblemCode.JOB_PAUSED, Severity.WARNING, message, resume, false);
        } else if (trouble.nextLookAt() == null) {
            add(
                    ProblemCode.JOB_PAUSED_ITSELF,
                    Severity.WARNING,
                    message,
                    "it does not resume by itself: " + resume,
                    false);
        } else {
            var look = trouble.nextLookAt();
            add(
                    ProblemCode.JOB_PAUSED_ITSELF,
                    Severity.WARNING,
                    message,
                    "it resumes by itself when the failure is over, next check "
                            + (look.isAfter(now) ? "in " + HumanText.elapsed(Duration.between(now, look)) : "now")
                            + "; " + resume + " at once",
                    true);
        }
    }

    private void closedWindow() {
        var window = job.window();
        if (window != null && !window.open() && job.toAdvance()) {
            add(
                    ProblemCode.OUTSIDE_WINDOW,
                    Severity.WARNING,
                    "outside of its time window (" + window.between() + "): waits until "
                            + HumanTime.moment(window.opensAt(), ZoneId.of(window.zone()))
                            + ", then resumes by itself",
                    "'backfleet set " + job.name() + " --window none' lets it run now",
                    true);
        }
    }

    private void throttled() {
        ThrottleProblems.of(job.throttle()).ifPresent(found::add);
    }

    private void remarks() {
        var remarks = job.findings().notes();
        var older = remarks.size() - MOST_REMARKS;
        if (older > 0) {
            add(
                    ProblemCode.REMARK,
                    Severity.REMARK,
                    HumanText.number(older) + " older notes: 'backfleet status " + job.name() + " -o json'",
                    null,
                    false);
        }
        remarks.subList(Math.max(0, older), remarks.size())
                .forEach(text -> add(ProblemCode.REMARK, Severity.REMARK, text, null, false));
    }

    // A job that nobody is to work on now loses nothing with a worker, unless that held its shards.
    private boolean concerns(Problem problem) {
        return problem.code() != ProblemCode.WORKER_LOST
                || !rests()
                || snapshot.workers().stream()
                        .filter(worker -> !worker.alive())
                        .flatMap(worker -> worker.shards().stream())
                        .anyMatch(held -> held.job() == job.id());
    }

    private boolean rests() {
        return snapshot.fleet().paused()
                || found.stream()
                        .anyMatch(cause -> cause.code() == ProblemCode.OUTSIDE_WINDOW
                                || cause.code() == ProblemCode.WAVE_DONE
                                || cause.code() == ProblemCode.WAVE_NOT_RECONCILED);
    }

    /** What a running job waits for an operator to do. */
    private void waits() {
        var wave = job.wave();
        if (job.state() != JobState.RUNNING) {
            return;
        }
        if (wave != null) {
            WaveProblems.of(job.name(), wave, snapshot.fleet().at()).ifPresent(found::add);
        }
        var tenants = job.pausedTenants();
        if (tenants > 0) {
            add(
                    ProblemCode.TENANTS_PAUSED,
                    Severity.WARNING,
                    (tenants == 1 ? "a tenant is" : HumanText.number(tenants) + " tenants are") + " paused",
                    "'backfleet tenants " + job.name() + " --state paused' lists them",
                    false);
        }
    }
}
