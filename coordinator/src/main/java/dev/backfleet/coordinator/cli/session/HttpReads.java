package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.coordinator.api.Reads;
import dev.backfleet.coordinator.migration.status.DescribeMigration;
import dev.backfleet.coordinator.migration.status.ShowMigration;
import dev.backfleet.coordinator.notify.ListEvents;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.ListWorkers;
import dev.backfleet.coordinator.query.ShowStatus;
import dev.backfleet.coordinator.query.audit.ListAudit;
import dev.backfleet.coordinator.query.detail.ListShards;
import dev.backfleet.coordinator.query.detail.ShowHistory;
import dev.backfleet.coordinator.query.detail.ShowJob;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.ShowReconcile;
import dev.backfleet.coordinator.query.tenant.ListTenants;
import dev.backfleet.coordinator.report.Overview;

/** The queries of the command line, as the API asks them. */
public final class HttpReads implements Reads {
    private final Settings settings;
    private final Operations operations;
    private final MigrationOperations migrations;

    /**
     * On one database.
     *
     * @param settings those of the process, of which a fleet report names some
     */
    public HttpReads(Database database, Settings settings) {
        this.settings = settings;
        this.operations = new Operations(database, (scope, record) -> {
            throw new IllegalStateException("a query publishes nothing");
        });
        this.migrations = new MigrationOperations(operations, database, database);
    }

    @Override
    public String fleetName() {
        return settings.get(SettingCatalogue.TOPIC_PREFIX);
    }

    @Override
    public Overview overview() {
        return Overview.of(operations.jobs().run(false), settings);
    }

    @Override
    public Lookup lookup() {
        return operations.lookup();
    }

    @Override
    public ShowStatus status() {
        return operations.status();
    }

    @Override
    public ListJobs jobs() {
        return operations.jobs();
    }

    @Override
    public ListWorkers workers() {
        return operations.workers();
    }

    @Override
    public ShowJob show() {
        return operations.show();
    }

    @Override
    public ShowHistory history() {
        return operations.history();
    }

    @Override
    public ListShards shards() {
        return operations.shards();
    }

    @Override
    public ListTenants tenants() {
        return operations.tenants();
    }

    @Override
    public ListQuarantine quarantine() {
        return operations.quarantine();
    }

    @Override
    public ShowReconcile showReconcile() {
        return operations.showReconcile();
    }

    @Override
    public AskGate gate() {
        return operations.gate();
    }

    @Override
    public ListAudit audit() {
        return operations.audit();
    }

    @Override
    public ListEvents events() {
        return operations.events();
    }

    @Override
    public ShowMigration migrations() {
        return migrations.show();
    }

    @Override
    public DescribeMigration describeMigration() {
        return migrations.describe();
    }
}
