package dev.backfleet.coordinator.cli;

import static dev.backfleet.coordinator.operation.RetryRows.Verdict.BUSY;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.CHANGED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.GONE;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.NO_NEED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.REFUSED;
import static dev.backfleet.coordinator.operation.RetryRows.Verdict.TENANT_PAUSED;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.common.cli.JsonOutput;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.RetryRows;
import dev.backfleet.coordinator.operation.RetryRows.Outcome;
import dev.backfleet.coordinator.operation.RetryRows.Verdict;
import dev.backfleet.coordinator.postgres.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.PostgresQuarantine.RetryRefusedException;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Retrying rows that are in quarantine, from the command line: whether it may be, and telling how it went. */
final class Retrying {
    private static final Set<JobState> PERMITTED = EnumSet.of(JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED);

    private final Session session;
    private final String name;
    private final long job;

    Retrying(Session session, String name, long job) {
        this.session = session;
        this.name = name;
        this.job = job;
    }

    /** What each row's statement makes sure of, told before anything is done. */
    void requirePermitted() {
        var status = session.snapshot(job).job();
        if (!PERMITTED.contains(status.state())) {
            throw conflict("job " + name + " is " + status.state() + ": no row of it is changed"
                    + (status.state() == JobState.PAUSED || status.state() == JobState.HALTED
                            ? "; 'backfleet resume " + name + "' lets it go on"
                            : ""));
        }
        if (status.fleetPaused()) {
            throw conflict("the fleet is paused: no row is changed; 'backfleet resume' lets it go on");
        }
    }

    ExitCode run(PostgresQuarantine quarantine, Optional<List<String>> only, boolean json, PrintWriter out)
            throws InterruptedException {
        var numbers = quarantine.numbers(job, only);
        if (numbers.isEmpty() && only.isPresent()) {
            throw noSuchRow(name, only.get());
        }
        var outcome = retry(quarantine, numbers);
        var counts = counts(outcome);
        outcome.obstacle().ifPresent(obstacle -> {
            throw conflict(why(obstacle) + " (before that: " + words(counts) + ")");
        });
        out.print(json ? JsonOutput.render(counts) : "retried: " + words(counts) + "\n");
        out.flush();
        return counts.stay() > 0 ? ExitCode.QUARANTINED : ExitCode.DONE;
    }

    private Outcome retry(PostgresQuarantine quarantine, List<Long> numbers) throws InterruptedException {
        try {
            return quarantine.retrying(job, rows -> new RetryRows(rows, Sleeper.system()).run(numbers));
        } catch (RetryRefusedException e) {
            throw new CommandException(
                    ExitCode.CONFLICT, "PostgreSQL refuses to retry rows of " + name + ": " + e.getMessage(), e);
        }
    }

    private String why(Verdict obstacle) {
        return switch (obstacle) {
            case FLEET_STANDS_STILL -> "the fleet was paused meanwhile";
            case TABLE_CHANGED -> "the table of " + name + " is no longer the one that it is pinned to";
            case JOB_STANDS_STILL -> {
                var state = session.snapshot(job).job().state();
                yield state == JobState.RUNNING
                        ? "the throttle has stopped " + name + ", or it is outside of its time window"
                        : "job " + name + " is " + state + " now";
            }
            case CHANGED, NO_NEED, REFUSED, TENANT_PAUSED, BUSY, GONE ->
                throw new IllegalStateException(obstacle + " ends nothing");
        };
    }

    private Retried counts(Outcome outcome) {
        return new Retried(
                job,
                outcome.count(CHANGED),
                outcome.count(NO_NEED) + outcome.count(GONE),
                outcome.count(REFUSED),
                outcome.count(TENANT_PAUSED),
                outcome.count(BUSY));
    }

    private static String words(Retried counts) {
        var text = new StringBuilder(HumanText.number(counts.changed()) + " changed");
        append(text, counts.noNeed(), "without need of it");
        append(text, counts.refused(), "refused again");
        append(text, counts.tenantPaused(), "of paused tenants");
        append(text, counts.busy(), "held by others");
        return text.toString();
    }

    private static void append(StringBuilder text, int count, String what) {
        if (count > 0) {
            text.append(", ").append(HumanText.number(count)).append(' ').append(what);
        }
    }

    static CommandException noSuchRow(String job, List<String> key) {
        return new CommandException(
                ExitCode.USAGE,
                "no row with the key (" + String.join(", ", key) + ") is in quarantine: 'backfleet quarantine " + job
                        + "' lists them");
    }

    private static CommandException conflict(String message) {
        return new CommandException(ExitCode.CONFLICT, message);
    }

    /** What a program reads. */
    private record Retried(long id, int changed, int noNeed, int refused, int tenantPaused, int busy) {

        /** How many stay in quarantine. */
        int stay() {
            return refused + tenantPaused + busy;
        }
    }
}
