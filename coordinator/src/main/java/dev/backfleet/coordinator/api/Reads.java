package dev.backfleet.coordinator.api;

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
import dev.backfleet.coordinator.report.FleetReport;
import dev.backfleet.coordinator.report.Overview;

/** The queries behind the API: those of the command line, on connections of the API's own. */
public interface Reads {
    /** The name of the fleet: the prefix of its topics. */
    String fleetName();

    /** The fleet at a glance, and the jobs that have ended last. */
    Overview overview();

    /** The fleet at a glance. */
    default FleetReport fleet() {
        return overview().report();
    }

    /** Finds jobs by the names that people give. */
    Lookup lookup();

    ShowStatus status();

    ListJobs jobs();

    ListWorkers workers();

    ShowJob show();

    ShowHistory history();

    ListShards shards();

    ListTenants tenants();

    ListQuarantine quarantine();

    ShowReconcile showReconcile();

    AskGate gate();

    ListAudit audit();

    ListEvents events();

    ShowMigration migrations();

    DescribeMigration describeMigration();
}
