package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.operation.Cancel;
import dev.backfleet.coordinator.operation.ChangeControl;
import dev.backfleet.coordinator.operation.ChangeSettings;
import dev.backfleet.coordinator.operation.ControlChannel;
import dev.backfleet.coordinator.operation.DropRows;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.Pause;
import dev.backfleet.coordinator.operation.PromoteWave;
import dev.backfleet.coordinator.operation.ReplaceExpressions;
import dev.backfleet.coordinator.operation.Resume;
import dev.backfleet.coordinator.operation.RetryQuarantine;
import dev.backfleet.coordinator.operation.RetryShards;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import dev.backfleet.coordinator.postgres.control.PostgresRetries;
import dev.backfleet.coordinator.postgres.job.PostgresDefinitions;
import dev.backfleet.coordinator.postgres.job.PostgresRollouts;
import dev.backfleet.coordinator.postgres.job.PostgresSettings;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPins;
import dev.backfleet.coordinator.postgres.quarantine.PostgresQuarantine;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.query.PostgresTenants;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.ListQuarantine;
import dev.backfleet.coordinator.query.ListTenants;
import dev.backfleet.coordinator.query.ListWorkers;
import dev.backfleet.coordinator.query.ShowStatus;

/** Every operation and every question, on one database and one control topic. */
final class Operations {
    private final Database database;
    private final ControlChannel channel;
    private final PostgresQueries queries;
    private final Lookup lookup;

    Operations(Database database, ControlChannel channel) {
        this.database = database;
        this.channel = channel;
        this.queries = new PostgresQueries(database);
        this.lookup = new Lookup(queries);
    }

    SubmitJob submit() {
        return new SubmitJob(new PostgresCatalog(database), new PostgresIntake(database));
    }

    Pause pause() {
        return new Pause(control());
    }

    Cancel cancel() {
        return new Cancel(control());
    }

    Resume resume() {
        return new Resume(control(), new PostgresPins(database));
    }

    ChangeSettings changeSettings() {
        return new ChangeSettings(lookup, new PostgresSettings(database));
    }

    PromoteWave promote() {
        return new PromoteWave(lookup, new PostgresRollouts(database));
    }

    RetryShards retryShards() {
        return new RetryShards(lookup, new PostgresRetries(database));
    }

    RetryQuarantine retryQuarantine() {
        return new RetryQuarantine(lookup, new PostgresQuarantine(database), replaceExpressions(), Sleeper.system());
    }

    DropRows dropRows() {
        return new DropRows(lookup, new PostgresQuarantine(database));
    }

    ReplaceExpressions replaceExpressions() {
        return new ReplaceExpressions(lookup, new PostgresCatalog(database), new PostgresDefinitions(database));
    }

    ShowStatus status() {
        return new ShowStatus(lookup, queries);
    }

    ListJobs jobs() {
        return new ListJobs(queries);
    }

    ListTenants tenants() {
        return new ListTenants(lookup, new PostgresTenants(database));
    }

    ListWorkers workers() {
        return new ListWorkers(queries);
    }

    ListQuarantine quarantine() {
        return new ListQuarantine(lookup, new PostgresQuarantine(database));
    }

    private ChangeControl control() {
        return new ChangeControl(lookup, new PostgresControl(database), channel, Ticker.system());
    }
}
