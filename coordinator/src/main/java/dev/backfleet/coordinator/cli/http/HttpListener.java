package dev.backfleet.coordinator.cli.http;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.HttpSettings;
import dev.backfleet.coordinator.access.LoopbackAccess;
import dev.backfleet.coordinator.api.Api;
import dev.backfleet.coordinator.api.Resources;
import dev.backfleet.coordinator.cli.session.HttpReads;
import dev.backfleet.coordinator.console.Console;
import dev.backfleet.coordinator.live.Feeds;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.serve.FleetServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The API of a coordinator, if it listens. A coordinator that does not loads no class of the server. */
public interface HttpListener extends AutoCloseable {
    /** It does not listen. */
    HttpListener OFF = () -> {};

    /** The database has a control schema that fits: from now on it is read. */
    default void ready() {}

    @Override
    void close();

    /**
     * Begins to listen, if the settings say so.
     *
     * @param id the coordinator's
     * @throws ExplainedFailure UNUSABLE if the address was set and cannot be used; INVALID if others could connect without signing in
     */
    static HttpListener open(Settings settings, String id) {
        var http = HttpSettings.from(settings);
        return http.address().isOn() ? Listening.open(settings, http, id) : OFF;
    }

    /** It listens. */
    final class Listening implements HttpListener {
        // Longer than the server's own timeout, whose error says more.
        private static final Duration RESPONSE = Duration.ofSeconds(3);
        private static final List<String> SESSION = List.of(
                "set statement_timeout = '2s'",
                "set lock_timeout = '100ms'",
                "set " + PostgresQueries.READS_ONLY + " = on",
                "set default_transaction_read_only = on");

        private final Database database;
        private final Feeds feeds;
        private final FleetServer server;

        private Listening(Database database, Feeds feeds, FleetServer server) {
            this.database = database;
            this.feeds = feeds;
            this.server = server;
        }

        private static HttpListener open(Settings settings, HttpSettings http, String id) {
            var access = LoopbackAccess.of(http.address());
            var database = Database.open(
                    DatabaseSettings.from(settings),
                    new Database.Profile("backfleet-http/" + id, Api.CONNECTIONS, SESSION, RESPONSE));
            var reads = new HttpReads(database, settings);
            var failures = new ConnectionFailures();
            var console = new Console(reads, http.basePath());
            var feeds = Feeds.open(
                    job -> explained(failures, () -> reads.status().run(job)),
                    () -> explained(failures, reads::overview),
                    console,
                    Ticker.system());
            var api = new Api(failure -> failures.translate(failure, Optional.empty()), Ticker.system());
            try {
                return new Listening(
                        database,
                        feeds,
                        FleetServer.start(
                                http, access, new FleetServer.Served(api, new Resources(reads), feeds, console)));
            } catch (RuntimeException e) {
                feeds.close();
                api.close();
                database.close();
                throw e;
            }
        }

        private static <T> T explained(ConnectionFailures failures, Supplier<T> look) {
            try {
                return look.get();
            } catch (ExplainedFailure e) {
                throw e;
            } catch (RuntimeException e) {
                throw failures.translate(e, Optional.empty())
                        .map(RuntimeException.class::cast)
                        .orElse(e);
            }
        }

        @Override
        public void ready() {
            server.ready();
        }

        /** How many streams are open. */
        int streams() {
            return feeds.viewers();
        }

        /** The port on which it listens. */
        public int port() {
            return server.address().port();
        }

        @Override
        public void close() {
            server.close();
            database.close();
        }
    }
}
