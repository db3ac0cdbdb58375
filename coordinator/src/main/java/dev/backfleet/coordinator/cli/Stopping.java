package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.coordinator.operation.ChangeControl;
import dev.backfleet.coordinator.operation.ChangeControl.Stopped;
import dev.backfleet.coordinator.postgres.PostgresControl;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What pause and cancel have in common: saying it, proving it, and telling how it went. */
final class Stopping {
    private final Session session;
    private final CommandSpec spec;
    private final DesiredState wanted;
    private final Set<JobState> reached;

    private Stopping(Session session, CommandSpec spec, DesiredState wanted, Set<JobState> reached) {
        this.session = session;
        this.spec = spec;
        this.wanted = wanted;
        this.reached = reached;
    }

    /** Of the command {@code pause}. A job that is still planned pauses when it is. */
    static Stopping pause(Session session, CommandSpec spec) {
        return new Stopping(
                session, spec, DesiredState.PAUSE, Set.of(JobState.PAUSED, JobState.PAUSING, JobState.PLANNING));
    }

    /** Of the command {@code cancel}. */
    static Stopping cancel(Session session, CommandSpec spec) {
        return new Stopping(
                session, spec, DesiredState.CANCEL, Set.of(JobState.CANCELLED, JobState.CANCELLING, JobState.PLANNING));
    }

    /** Stops a job, or the fleet. */
    ExitCode stop(Optional<String> job, @Nullable String reason, boolean wait) {
        return stop(job.map(session::job).map(Scope::job).orElse(Scope.FLEET), job, reason, wait);
    }

    /** Stops one tenant of a job. */
    ExitCode stopTenant(String job, String tenant, @Nullable String reason, boolean wait) {
        var scope = session.tenant(session.job(job), tenant);
        return stop(scope, Optional.of(job), reason, wait);
    }

    private ExitCode stop(Scope scope, Optional<String> job, @Nullable String reason, boolean wait) {
        requireStoppable(scope, job);
        var stopped = new ChangeControl(new PostgresControl(session.database()), session.channel(), Ticker.system())
                .stop(scope, ChangeControl.wish(wanted, reason), wait);
        stopped.unheard().ifPresent(this::warn);
        requireReached(job, stopped);
        var what = job.orElse("the fleet");
        say(scope instanceof Scope.Tenant one ? "tenant " + one.tenant() + " of " + what : what, stopped);
        return ExitCode.DONE;
    }

    // What is not proven is told as what it is.
    private String ahead(Stopped stopped) {
        if (stopped.proven().isEmpty() || stopped.state().isEmpty()) {
            return "";
        }
        var state = stopped.state().get();
        return state == JobState.PLANNING
                ? ": it is PLANNING, and is " + (isPause() ? "paused" : "cancelled") + " when it is planned"
                : ": it is " + state + ", and rows may still change; `backfleet status` shows when it has stopped";
    }

    private void requireStoppable(Scope scope, Optional<String> job) {
        if (!scope.equals(Scope.FLEET)) {
            var id = scope instanceof Scope.Tenant one ? one.job() : ((Scope.Job) scope).id();
            var state = new PostgresControl(session.database()).state(id).orElseThrow();
            if (!reached.contains(state) && (state.isTerminal() || (state == JobState.HALTED && isPause()))) {
                throw conflict(job, state);
            }
        }
    }

    // It may have ended by itself at the same moment.
    private void requireReached(Optional<String> job, Stopped stopped) {
        stopped.state().filter(state -> !reached.contains(state)).ifPresent(state -> {
            throw conflict(job, state);
        });
        if (stopped.state().isEmpty() && !stopped.proven().orElse(true)) {
            throw new CommandException(
                    ExitCode.CONFLICT,
                    job.orElse("the fleet")
                            + " was resumed at the same moment, and runs: see who did it, and pause again");
        }
    }

    private CommandException conflict(Optional<String> job, JobState state) {
        return new CommandException(
                ExitCode.CONFLICT,
                "job " + job.orElse("") + " is " + state + ": it cannot be " + (isPause() ? "paused" : "cancelled"));
    }

    private boolean isPause() {
        return wanted == DesiredState.PAUSE;
    }

    private void warn(String why) {
        var err = spec.commandLine().getErr();
        err.println("backfleet: warning: the workers could not be told over Kafka (" + why
                + "); PostgreSQL refuses their batches instead");
        err.flush();
    }

    private void say(String what, Stopped stopped) {
        var out = spec.commandLine().getOut();
        if (stopped.proven().orElse(false)) {
            var last = stopped.lastBatch()
                    .map(at -> "; the last batch ended at " + at)
                    .orElse("; no batch was ever committed");
            out.println((isPause() ? "paused " : "cancelled ") + what + " within "
                    + stopped.took().toMillis() + "ms" + last);
        } else {
            out.println((isPause() ? "pausing " : "cancelling ") + what + ahead(stopped));
        }
        out.flush();
    }
}
