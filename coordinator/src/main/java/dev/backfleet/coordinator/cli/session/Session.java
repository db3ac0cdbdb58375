package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.CommitWait;
import dev.backfleet.common.postgres.CommitWaitFailures;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.LocalStackMark;
import dev.backfleet.common.postgres.PoolerCheck;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.ProcessName;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.control.ControlChannel;
import dev.backfleet.coordinator.operation.control.PauseByTopic;
import dev.backfleet.coordinator.operation.reconcile.StandbyCheck;
import dev.backfleet.coordinator.postgres.reconcile.PostgresStandbys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The connections of a command: the database always, Kafka only to publish a control record. */
public final class Session implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    // Shorter than the socket timeout: the server's error says more than a lost connection.
    private static final Duration STATEMENT = Duration.ofSeconds(25);
    private static final Duration LOCKS = Duration.ofSeconds(20);
    // A concurrent index on a large table may take hours.
    private static final Duration BUILD = Duration.ofDays(2);

    private final Settings settings;
    private final Database database;
    private final Actor actor;
    private @Nullable CommandChannel channel;
    private @Nullable Database unbounded;

    private Session(Settings settings, Database database) {
        this.settings = settings;
        this.database = database;
        this.actor = actor(settings);
    }

    /** Opens the database that the settings name, and waits for its control schema of this version. */
    public static Session open(SettingsOptions options) throws InterruptedException {
        return open(options, LOCKS);
    }

    /** The same, with another time for which a statement waits for a lock. */
    public static Session open(SettingsOptions options, Duration locks) throws InterruptedException {
        return checked(opened(options, locks), options, session -> {});
    }

    /**
     * The same for a command that stops work, and so publishes a control record, whatever the database answers: it says which
     * fleet it acts on, unless it is a local stack.
     */
    public static Session openToStop(SettingsOptions options) throws InterruptedException {
        return checked(openedToPublish(options), options, session -> session.tellFleet(options));
    }

    /**
     * The same for a command that stores something, and then publishes it.
     *
     * @throws dev.backfleet.common.failure.ExplainedFailure if commits wait for a synchronous standby
     */
    public static Session openToResume(SettingsOptions options) throws InterruptedException {
        return checked(openedToPublish(options), options, session -> session.tellAndRefuse(options));
    }

    /**
     * The same for a command that stores something.
     *
     * @throws dev.backfleet.common.failure.ExplainedFailure if commits wait for a synchronous standby
     */
    public static Session openToStore(SettingsOptions options) throws InterruptedException {
        return openToStore(options, LOCKS);
    }

    /** The same, with another time for which a statement waits for a lock. */
    public static Session openToStore(SettingsOptions options, Duration locks) throws InterruptedException {
        return checked(opened(options, locks), options, session -> session.tellAndRefuse(options));
    }

    private static Session checked(Session session, SettingsOptions options, Consumer<Session> first)
            throws InterruptedException {
        var ready = false;
        try {
            SchemaVersion.await(session.database, options.startWait());
            first.accept(session);
            ready = true;
            return session;
        } finally {
            if (!ready) {
                session.close();
            }
        }
    }

    /** The same for a command that needs no control schema. */
    public static Session openBeforeTheSchema(SettingsOptions options) {
        return opened(options, LOCKS);
    }

    private static Session opened(SettingsOptions options, Duration locks) {
        var settings = options.settings();
        var where = DatabaseSettings.from(settings);
        PoolerCheck.refuse(where);
        var limits =
                List.of("set statement_timeout = " + STATEMENT.toMillis(), "set lock_timeout = " + locks.toMillis());
        return new Session(settings, Database.ofCommand(where, new Database.Profile("backfleet", 2, limits, TIMEOUT)));
    }

    private static Session openedToPublish(SettingsOptions options) {
        var session = opened(options, LOCKS);
        session.channel = CommandChannel.open(session.settings);
        return session;
    }

    private void tellAndRefuse(SettingsOptions options) {
        tellFleet(options);
        CommitWait.refuse(database);
    }

    private void tellFleet(SettingsOptions options) {
        if (!LocalStackMark.isOn(database)) {
            options.tell("fleet: " + fleet(options));
        }
    }

    /** The fleet that a command acts on, in words: the database, and the context that named it. */
    public static String fleet(SettingsOptions options) {
        var settings = options.settings();
        return settings.find(SettingCatalogue.DATABASE_URL)
                        .map(url -> DatabaseUrl.place(url.jdbc()))
                        .orElse("no database")
                + settings.context().map(name -> " (context " + name + ")").orElse("");
    }

    /** A failure of the database in words; nothing if it is of another kind. */
    public static Optional<ExplainedFailure> explained(SettingsOptions options, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ExplainedFailure known) {
                return Optional.of(known);
            }
        }
        return Stream.of(new CommitWaitFailures(), new ConnectionFailures())
                .flatMap(translator -> translator.translate(failure, options.loaded()).stream())
                .findFirst();
    }

    /** Who runs this command: the same for all that it does. */
    public Actor actor() {
        return actor;
    }

    /** Who runs a command: the person that the settings name, else the operating system's user. */
    public static Actor actor(Settings settings) {
        var user = System.getProperty("user.name", "unknown");
        return Actor.command(settings.find(SettingCatalogue.ACTOR).orElse(user), user + "@" + ProcessName.host());
    }

    /** The operations and queries on this database. */
    public Operations operations() {
        var opened = channel;
        return new Operations(database, opened == null ? once(settings) : opened);
    }

    /** The operations and queries on migrations. */
    public MigrationOperations migrations() {
        var ddl = unbounded;
        if (ddl == null) {
            // The server ends a build of an index when it is done: nothing is lost by waiting for it.
            ddl = Database.ofCommand(
                    DatabaseSettings.from(settings), new Database.Profile("backfleet migration", 1, List.of(), BUILD));
            unbounded = ddl;
        }
        return new MigrationOperations(operations(), database, ddl);
    }

    /** Looks at a server that is to be read as a standby of this database. */
    public StandbyCheck standbyCheck() {
        return new StandbyCheck(new PostgresStandbys(database, DatabaseSettings.from(settings)));
    }

    /** The pause that needs no database. */
    public static PauseByTopic pauseByTopic(SettingsOptions options) {
        var settings = options.settings();
        settings.find(SettingCatalogue.KAFKA_BOOTSTRAP_SERVERS)
                .ifPresent(servers -> options.tell(
                        "fleet: topics " + settings.get(SettingCatalogue.TOPIC_PREFIX) + ".* on " + servers));
        return new PauseByTopic(once(options.settings()));
    }

    /** Publishes over connections that are opened only when they are needed. */
    private static ControlChannel once(Settings settings) {
        return (scope, record) -> {
            try (var channel = CommandChannel.open(settings)) {
                return channel.publish(scope, record);
            }
        };
    }

    @Override
    public void close() {
        database.close();
        var ddl = unbounded;
        if (ddl != null) {
            ddl.close();
        }
        var opened = channel;
        if (opened != null) {
            opened.close();
        }
    }
}
