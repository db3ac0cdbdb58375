package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.coordinator.grants.WriteGrants;
import dev.backfleet.coordinator.grants.WriteQueryGrants;
import dev.backfleet.coordinator.migration.sync.WriteCopySync;
import dev.backfleet.coordinator.notify.ListEvents;
import dev.backfleet.coordinator.operation.ChangeSettings;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.PromoteWave;
import dev.backfleet.coordinator.operation.PruneJobs;
import dev.backfleet.coordinator.operation.RetryShards;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.operation.control.ControlChannel;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.operation.control.StopWork;
import dev.backfleet.coordinator.operation.derived.DerivedJobs;
import dev.backfleet.coordinator.operation.quarantine.DropRows;
import dev.backfleet.coordinator.operation.quarantine.ReplaceExpressions;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine;
import dev.backfleet.coordinator.operation.reconcile.ReconcileJob;
import dev.backfleet.coordinator.operation.reconcile.RepairRows;
import dev.backfleet.coordinator.operation.reconcile.ScheduleReconcile;
import dev.backfleet.coordinator.operation.undo.DropKept;
import dev.backfleet.coordinator.operation.undo.UndoJob;
import dev.backfleet.coordinator.operation.webhook.ResendMessages;
import dev.backfleet.coordinator.operation.webhook.TestWebhook;
import dev.backfleet.coordinator.postgres.audit.PostgresAudit;
import dev.backfleet.coordinator.postgres.catalog.GrantScriptStore;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.catalog.PostgresQueryGrants;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresPruning;
import dev.backfleet.coordinator.postgres.control.PostgresRetries;
import dev.backfleet.coordinator.postgres.derived.PostgresDerivedJobs;
import dev.backfleet.coordinator.postgres.detail.PostgresDetails;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSettings;
import dev.backfleet.coordinator.postgres.migration.PostgresRowRules;
import dev.backfleet.coordinator.postgres.outbox.PostgresWebhooks;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.plan.PostgresPreview;
import dev.backfleet.coordinator.postgres.quarantine.PostgresDefinitions;
import dev.backfleet.coordinator.postgres.quarantine.PostgresExplanations;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.postgres.reconcile.PostgresReconcile;
import dev.backfleet.coordinator.postgres.reconcile.PostgresSchedules;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.postgres.trial.PostgresTrials;
import dev.backfleet.coordinator.postgres.undo.PostgresUndo;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.ListWorkers;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.query.audit.ListAudit;
import dev.backfleet.coordinator.query.audit.VerifyAudit;
import dev.backfleet.coordinator.query.detail.ListJobNames;
import dev.backfleet.coordinator.query.detail.ListShards;
import dev.backfleet.coordinator.query.detail.ShowHistory;
import dev.backfleet.coordinator.query.detail.ShowJob;
import dev.backfleet.coordinator.query.plan.PlanSpec;
import dev.backfleet.coordinator.query.quarantine.ExplainRow;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.ShowReconcile;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import dev.backfleet.coordinator.query.undo.ShowKept;
import dev.backfleet.coordinator.query.webhook.ListWebhooks;

/** Every operation and query, on one database and one control topic. */
public final class Operations {
    private final Database database;
    private final ControlChannel channel;
    private final PostgresQueries queries;
    private final Lookup lookup;

    public Operations(Database database, ControlChannel channel) {
        this.database = database;
        this.channel = channel;
        this.queries = new PostgresQueries(database);
        this.lookup = new Lookup(queries);
    }

    /** Finds jobs by the names that people give. */
    public Lookup lookup() {
        return lookup;
    }

    public SubmitJob submit() {
        return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database));
    }

    public PlanSpec plan() {
        return new PlanSpec(
                new PostgresCatalog(database),
                new PostgresIntake(database),
                new PostgresPreview(database, Ticker.system()),
                new PostgresTrials(database, Ticker.system(), Sleeper.system()));
    }

    public WriteGrants grants() {
        return new WriteGrants(new PostgresCatalog(database), new GrantScriptStore(database));
    }

    public WriteCopySync copySync() {
        return new WriteCopySync(new PostgresCatalog(database), SessionSettings.ofExpressions());
    }

    public WriteQueryGrants queryGrants() {
        return new WriteQueryGrants(new PostgresQueryGrants(database));
    }

    public StopWork stop() {
        return new StopWork(lookup, new PostgresControl(database), channel, Ticker.system());
    }

    public Resume resume() {
        return new Resume(
                lookup,
                new PostgresControl(database),
                channel,
                new PostgresPins(database),
                new PostgresQuarantine(database));
    }

    public ChangeSettings changeSettings() {
        return new ChangeSettings(lookup, new PostgresSettings(database));
    }

    public PromoteWave promote() {
        return new PromoteWave(lookup, new PostgresRollouts(database));
    }

    public ReconcileJob reconcile() {
        return new ReconcileJob(lookup, new PostgresCatalog(database), derived(), new PostgresRowRules(database));
    }

    public RepairRows repair() {
        return new RepairRows(lookup, derived(), new PostgresReconcile(database), new PostgresRowRules(database));
    }

    public ScheduleReconcile scheduleReconcile() {
        return new ScheduleReconcile(reconcile(), new PostgresSchedules(database));
    }

    public AskGate gate() {
        return new AskGate(lookup, new PostgresVerdicts(database));
    }

    public ShowReconcile showReconcile() {
        return new ShowReconcile(gate(), new PostgresVerdicts(database));
    }

    public UndoJob undo() {
        return new UndoJob(lookup, derived(), new PostgresIntake(database), new PostgresUndo(database));
    }

    public DropKept dropKept() {
        return new DropKept(lookup, new PostgresUndo(database));
    }

    public ShowKept showKept() {
        return new ShowKept(lookup, new PostgresUndo(database));
    }

    public RetryShards retryShards() {
        return new RetryShards(lookup, new PostgresRetries(database));
    }

    public RetryQuarantine retryQuarantine() {
        return new RetryQuarantine(lookup, new PostgresQuarantine(database), replaceExpressions(), Sleeper.system());
    }

    public PruneJobs prune() {
        return new PruneJobs(lookup, new PostgresPruning(database), new PostgresQuarantine(database));
    }

    public DropRows dropRows() {
        return new DropRows(lookup, new PostgresQuarantine(database));
    }

    public ReplaceExpressions replaceExpressions() {
        return new ReplaceExpressions(lookup, new PostgresCatalog(database), new PostgresDefinitions(database));
    }

    public ShowStatus status() {
        return new ShowStatus(lookup, queries);
    }

    public ShowJob show() {
        return new ShowJob(lookup, new PostgresDetails(database));
    }

    public ListShards shards() {
        return new ListShards(lookup, new PostgresDetails(database));
    }

    public ListJobNames jobNames() {
        return new ListJobNames(new PostgresDetails(database));
    }

    public ShowHistory history() {
        return new ShowHistory(lookup, new PostgresDetails(database));
    }

    public ListAudit audit() {
        return new ListAudit(new PostgresAudit(database));
    }

    public VerifyAudit verifyAudit() {
        return new VerifyAudit(new PostgresAudit(database));
    }

    public ListEvents events() {
        return new ListEvents(lookup, new PostgresWebhooks(database));
    }

    public ListWebhooks webhooks() {
        return new ListWebhooks(new PostgresWebhooks(database));
    }

    public TestWebhook testWebhook() {
        return new TestWebhook(new PostgresWebhooks(database));
    }

    public ResendMessages resendMessages() {
        return new ResendMessages(new PostgresWebhooks(database));
    }

    public ListJobs jobs() {
        return new ListJobs(queries);
    }

    public ListTenants tenants() {
        return new ListTenants(lookup, new PostgresTenants(database));
    }

    public ListWorkers workers() {
        return new ListWorkers(queries);
    }

    private DerivedJobs derived() {
        return new DerivedJobs(new PostgresCatalog(database), new PostgresDerivedJobs(database));
    }

    public ListQuarantine quarantine() {
        return new ListQuarantine(lookup, new PostgresQuarantine(database));
    }

    public ExplainRow explainRow() {
        return new ExplainRow(lookup, new PostgresExplanations(database));
    }
}
