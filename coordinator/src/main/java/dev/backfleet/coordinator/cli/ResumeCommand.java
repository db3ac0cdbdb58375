package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.operation.ChangeControl;
import dev.backfleet.coordinator.postgres.PostgresControl;
import dev.backfleet.coordinator.postgres.PostgresPins;
import dev.backfleet.coordinator.postgres.PostgresTenants;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Resumes a job or the fleet. */
@Command(
        name = "resume",
        description = {
            "Let a paused job, or without JOB the whole fleet, go on.",
            "A HALTED job goes on where it stopped if what it is pinned to is back; if not, this says what is different.",
            "Jobs that were paused by themselves stay paused when the fleet is resumed, and so do tenants when their job is."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet resume",
            "  backfleet resume split-names",
            "  backfleet resume split-names --tenant 42"
        })
final class ResumeCommand implements Callable<ExitCode> {
    private static final Set<JobState> RESUMABLE =
            Set.of(JobState.PAUSED, JobState.PAUSING, JobState.RUNNING, JobState.PLANNING, JobState.HALTED);

    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = "The job's id or name. Without it: the whole fleet.")
    private @Nullable String job;

    @Option(
            names = "--tenant",
            paramLabel = "T",
            description = "Only this tenant of JOB; as text, as PostgreSQL reads it.")
    private @Nullable String tenant;

    @Option(
            names = "--partitions",
            paramLabel = "WHAT",
            description = {
                "For a HALTED job whose partitions were detached, or replaced by other tables: go on without them.",
                "The rows of tables that took their place stay as they are (leave), or all of them are changed,",
                "once more where that was done before (change)."
            })
    private @Nullable Partitions partitions;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() throws InterruptedException {
        try (var session = Session.open(options)) {
            var store = new PostgresControl(session.database());
            var scopes = tenant == null ? List.of(scope(session)) : tenant(session, tenant);
            for (var scope : scopes) {
                new ChangeControl(store, session.channel(), Ticker.system())
                        .resume(scope, ChangeControl.wish(DesiredState.RUN, null));
            }
            var out = spec.commandLine().getOut();
            var what = job == null ? "the fleet" : job;
            out.println("resumed " + (tenant == null ? what : "tenant " + tenant + " of " + what));
            out.flush();
            return ExitCode.DONE;
        }
    }

    private Scope scope(Session session) {
        return job == null ? Scope.FLEET : Scope.job(resumable(session, job));
    }

    // Somebody may have paused it in another spelling, such as 007.
    private List<Scope> tenant(Session session, String wanted) {
        var id = resumable(session, TenantOption.job(job, spec));
        var scopes = new ArrayList<Scope>();
        var scope = (Scope.Tenant) session.tenant(id, wanted);
        scopes.add(scope);
        new PostgresTenants(session.database())
                .otherSpellings(scope)
                .forEach(spelling -> scopes.add(Scope.tenant(id, spelling)));
        return scopes;
    }

    private long resumable(Session session, String name) {
        var id = session.job(name);
        var state = new PostgresControl(session.database()).state(id);
        state.filter(now -> !RESUMABLE.contains(now)).ifPresent(now -> refuse(" is " + now + ": it cannot be resumed"));
        if (state.equals(Optional.of(JobState.HALTED))) {
            if (partitions != null) {
                new PostgresPins(session.database()).leaveOut(id, partitions == Partitions.CHANGE);
            }
            var obstacles = new PostgresPins(session.database()).obstacles(id);
            if (!obstacles.isEmpty()) {
                refuse(" is HALTED, and what it is pinned to is not back: " + String.join("; ", obstacles));
            }
        }
        return id;
    }

    private void refuse(String why) {
        throw new CommandException(ExitCode.CONFLICT, "job " + job + why);
    }

    /** What becomes of the rows of tables that took the place of partitions. */
    private enum Partitions {
        LEAVE,
        CHANGE
    }
}
