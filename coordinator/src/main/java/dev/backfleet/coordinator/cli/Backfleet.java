package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.HealthCommand;
import dev.backfleet.common.cli.Subcommands;
import dev.backfleet.common.kafka.ClientStart;
import dev.backfleet.common.postgres.SessionSource;
import dev.backfleet.common.settings.typed.ManagementSettings;
import dev.backfleet.coordinator.cli.doctor.DoctorCommand;
import dev.backfleet.coordinator.cli.environment.ContextsCommand;
import dev.backfleet.coordinator.cli.environment.JobNamesCommand;
import dev.backfleet.coordinator.cli.environment.ManPagesCommand;
import dev.backfleet.coordinator.cli.event.EventsCommand;
import dev.backfleet.coordinator.cli.event.WebhooksCommand;
import dev.backfleet.coordinator.cli.inspect.AuditCommand;
import dev.backfleet.coordinator.cli.inspect.HistoryCommand;
import dev.backfleet.coordinator.cli.inspect.ShardsCommand;
import dev.backfleet.coordinator.cli.inspect.ShowCommand;
import dev.backfleet.coordinator.cli.migration.MigrationCommand;
import dev.backfleet.coordinator.cli.reconcile.GateCommand;
import dev.backfleet.coordinator.cli.reconcile.ReconcileCommand;
import dev.backfleet.coordinator.cli.submit.GrantsCommand;
import dev.backfleet.coordinator.cli.submit.PlanCommand;
import dev.backfleet.coordinator.cli.submit.SubmitCommand;
import dev.backfleet.coordinator.cli.submit.SyncCommand;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root of the command line: only holds its subcommands. */
@Command(
        name = "backfleet",
        description = {"Backfills large live PostgreSQL tables with a fleet of workers.", ""},
        footer = {
            "",
            "Examples:",
            "  backfleet demo                         see it work, without any setup",
            "  backfleet plan spec.yaml               what it would do, and what to know before",
            "  backfleet submit spec.yaml --watch     start a backfill and follow it",
            "  backfleet pause                        stop the whole fleet, now"
        })
public final class Backfleet implements Runnable {
    private static final Set<String> PUBLISHING = Set.of("pause", "resume", "cancel");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** The commands of this module, in the order of the help. */
    public static Subcommands subcommands() {
        return new Subcommands()
                .with("coordinator", CoordinatorCommand::new)
                .with("plan", PlanCommand::new)
                .with("submit", SubmitCommand::new)
                .with("grants", GrantsCommand::new)
                .with("sync", SyncCommand::new)
                .with("jobs", JobsCommand::new)
                .with("status", StatusCommand::new)
                .with("watch", WatchCommand::new)
                .with("finalize", FinalizeCommand::new)
                .with("reconcile", ReconcileCommand::new)
                .with("gate", GateCommand::new)
                .with("undo", UndoCommand::new)
                .with("migration", MigrationCommand::new)
                .with("show", ShowCommand::new)
                .with("shards", ShardsCommand::new)
                .with("history", HistoryCommand::new)
                .with("audit", AuditCommand::new)
                .with("events", EventsCommand::new)
                .with("webhooks", WebhooksCommand::new)
                .with("pause", PauseCommand::new)
                .with("resume", ResumeCommand::new)
                .with("cancel", CancelCommand::new)
                .with("set", SetCommand::new)
                .with("promote", PromoteCommand::new)
                .with("tenants", TenantsCommand::new)
                .with("quarantine", QuarantineCommand::new)
                .with("retry", RetryCommand::new)
                .with("prune", PruneCommand::new)
                .with("workers", WorkersCommand::new)
                .with("doctor", DoctorCommand::new)
                .with("health", () -> new HealthCommand(ManagementSettings.COORDINATOR))
                .with("contexts", ContextsCommand::new)
                .with("job-names", JobNamesCommand::new)
                .aboutAll("man-pages", ManPagesCommand::new);
    }

    /** The root with the commands of this module; only with the one that the arguments name, if they name one. */
    public static CommandSpec root(String... arguments) {
        return subcommands().of(new Backfleet(), arguments);
    }

    /** Begins what takes long of the command that the arguments name, and does not depend on the other arguments. */
    public static void prepare(String... arguments) {
        if (arguments.length > 0) {
            SessionSource.beginToLoadDriver();
            if (PUBLISHING.contains(arguments[0])) {
                ClientStart.begin();
            }
        }
    }

    @Override
    public void run() {
        throw new ParameterException(new CommandLine(spec), "no command given");
    }
}
