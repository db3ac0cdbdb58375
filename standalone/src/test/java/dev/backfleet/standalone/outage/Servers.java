package dev.backfleet.standalone.outage;

import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.settings.TaskQueueMode;
import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.embedded.process.FreePort;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The servers of all outages: a fleet whose PostgreSQL is taken away may share its Kafka, and the other way round. */
final class Servers implements AutoCloseable {
    private final PostgresServer sharedPostgres = postgresServer();
    private final KafkaWithWay sharedKafka = KafkaWithWay.open();
    private final Map<Outage, Site> sites = new EnumMap<>(Outage.class);

    /** Starts the servers of these outages. */
    static Servers open(Iterable<Outage> outages) throws IOException {
        var servers = new Servers();
        for (var outage : outages) {
            servers.sites.put(outage, servers.site(outage));
        }
        return servers;
    }

    private Servers() throws IOException {}

    Site of(Outage outage) {
        return java.util.Objects.requireNonNull(sites.get(outage));
    }

    private Site site(Outage outage) throws IOException {
        var postgres = outage.isOfPostgres() && outage.takesTheServer() ? postgresServer() : sharedPostgres;
        var kafka = !outage.isOfPostgres() && outage.takesTheServer() ? KafkaWithWay.open() : sharedKafka;
        var name = outage.name().toLowerCase(java.util.Locale.ROOT);
        postgres.createDatabase(name);
        var standby = outage.isOfTheStandby() ? Optional.of(standby(postgres)) : Optional.<PostgresServer>empty();
        var way = new BlackHole(FreePort.next(), postgres.port());
        // A broker advertises one address: each client is directed to it.
        var bootstrap = outage.isOfPostgres() ? kafka.broker.bootstrapServers() : "127.0.0.1:" + kafka.way.port();
        return new Site(
                postgres,
                standby,
                kafka.broker,
                way,
                kafka.way,
                name,
                new KafkaSettings(bootstrap, Map.of(), name, TaskQueueMode.AUTO));
    }

    private static PostgresServer postgresServer() {
        return PostgresServer.open(PostgresOptions.durable());
    }

    private static PostgresServer standby(PostgresServer primary) {
        var standby = PostgresServer.standbyOf(primary, PostgresOptions.durable());
        try (var connection = DriverManager.getConnection(primary.jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            statement.execute("alter system set synchronous_standby_names = '*'");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return standby;
    }

    @Override
    public void close() throws IOException {
        for (var site : sites.values()) {
            site.wayToPostgres.close();
            site.standby.ifPresent(PostgresServer::close);
            if (site.kafka != sharedKafka.broker) {
                site.wayToKafka.close();
                site.kafka.close();
            }
            if (site.postgres != sharedPostgres) {
                site.postgres.close();
            }
        }
        sharedKafka.way.close();
        sharedKafka.broker.close();
        sharedPostgres.close();
    }

    /**
     * Where one fleet finds everything.
     *
     * @param standby without it, the server confirms no commit; nothing if it has none
     * @param wayToPostgres how the fleet comes to PostgreSQL
     * @param wayToKafka how it comes to Kafka, if Kafka is what is taken away
     * @param database the name of its database
     * @param settings how the fleet comes to Kafka
     */
    record Site(
            PostgresServer postgres,
            Optional<PostgresServer> standby,
            KafkaBroker kafka,
            BlackHole wayToPostgres,
            BlackHole wayToKafka,
            String database,
            KafkaSettings settings) {

        /** Past everything that is taken away, unless it is the server itself. */
        String jdbcUrl() {
            return postgres.jdbcUrl(database);
        }

        /** As the fleet does. */
        String url() {
            return "postgresql://" + postgres.user() + "@127.0.0.1:" + wayToPostgres.port() + "/" + database;
        }
    }

    private record KafkaWithWay(KafkaBroker broker, BlackHole way) {
        static KafkaWithWay open() throws IOException {
            var direct = FreePort.next();
            var controller = FreePort.next();
            var listening = FreePort.next();
            var advertised = FreePort.next();
            var broker = KafkaBroker.open(KafkaOptions.defaults()
                    .onPort(direct)
                    .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                    .with("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,FLEET:PLAINTEXT")
                    .with(
                            "listeners",
                            "PLAINTEXT://127.0.0.1:" + direct + ",CONTROLLER://127.0.0.1:" + controller
                                    + ",FLEET://127.0.0.1:" + listening)
                    .with(
                            "advertised.listeners",
                            "PLAINTEXT://127.0.0.1:" + direct + ",FLEET://127.0.0.1:" + advertised));
            return new KafkaWithWay(broker, new BlackHole(advertised, listening));
        }
    }
}
