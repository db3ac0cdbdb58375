package dev.backfleet.coordinator.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.kafka.KafkaClients;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.kafka.control.ControlPublisher;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.settings.DatabaseSettings;
import dev.backfleet.common.settings.KafkaConnectionSettings;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.coordinator.operation.ControlChannel;
import dev.backfleet.coordinator.postgres.PostgresQueries;
import dev.backfleet.coordinator.postgres.PostgresTenants;
import dev.backfleet.coordinator.query.Snapshot;
import java.time.Duration;
import java.util.List;

/** What a command of the command line opens, and closes again: the database always, Kafka only to publish a wish. */
final class Session implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    // Shorter than the patience: the server's words say more than a lost connection.
    private static final Duration STATEMENT = Duration.ofSeconds(25);
    private static final Duration LOCKS = Duration.ofSeconds(20);
    private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(5);

    private final Settings settings;
    private final Database database;

    private Session(Settings settings, Database database) {
        this.settings = settings;
        this.database = database;
    }

    /** Opens the database that the settings name, and waits for its control schema of this version. */
    static Session open(SettingsOptions options) throws InterruptedException {
        return open(options, LOCKS);
    }

    /** The same, with another time for which a statement waits for a lock. */
    static Session open(SettingsOptions options, Duration locks) throws InterruptedException {
        var settings = options.settings();
        var where = DatabaseSettings.from(settings);
        PoolerCheck.refuse(where);
        var limits =
                List.of("set statement_timeout = " + STATEMENT.toMillis(), "set lock_timeout = " + locks.toMillis());
        var session =
                new Session(settings, Database.open(where, new Database.Profile("backfleet", 2, limits, PATIENCE)));
        var ready = false;
        try {
            SchemaVersion.await(session.database, options.startWait());
            ready = true;
            return session;
        } finally {
            if (!ready) {
                session.close();
            }
        }
    }

    /** Whom the audit names: the operating system's user. */
    static String who() {
        return System.getProperty("user.name", "unknown");
    }

    Database database() {
        return database;
    }

    PostgresQueries queries() {
        return new PostgresQueries(database);
    }

    /** The id of the job that a person means. */
    long job(String idOrName) {
        return queries()
                .find(idOrName)
                .orElseThrow(() -> new CommandException(
                        ExitCode.NO_SUCH_JOB, "no job " + idOrName + ": 'backfleet jobs' lists them"));
    }

    /** The scope of one tenant of a job, as PostgreSQL writes its value. */
    Scope tenant(long job, String tenant) {
        requireTenants(job);
        return new PostgresTenants(database)
                .find(job, tenant)
                .map(known -> Scope.tenant(job, known))
                .orElseThrow(() -> new CommandException(
                        ExitCode.NO_SUCH_JOB,
                        "job " + job + " has no tenant " + tenant + ": 'backfleet tenants " + job + "' lists them"));
    }

    /** The id of a job that a person means and whose shards follow tenants. */
    long tenantJob(String idOrName) {
        var id = job(idOrName);
        requireTenants(id);
        return id;
    }

    private void requireTenants(long job) {
        if (!new PostgresTenants(database).follows(job)) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "the shards of job " + job
                            + " do not follow tenants: its spec names no tenant, or no index starts with "
                            + "it and continues with the key");
        }
    }

    /** How a job fares. */
    Snapshot snapshot(long job) {
        return queries()
                .snapshot(job)
                .orElseThrow(() -> new CommandException(ExitCode.NO_SUCH_JOB, "no job " + job + " any more"));
    }

    /** Publishes over a connection of its own, which is made only when there is something to say. */
    ControlChannel channel() {
        return (scope, wish) -> {
            var kafka = KafkaSettings.from(KafkaConnectionSettings.from(settings));
            try (var publisher = new ControlPublisher(new KafkaClients(kafka, "backfleet"))) {
                return publisher.publish(scope, wish, PUBLISH_TIMEOUT);
            }
        };
    }

    @Override
    public void close() {
        database.close();
    }
}
