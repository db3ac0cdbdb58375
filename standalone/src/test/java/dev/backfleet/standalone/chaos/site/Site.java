package dev.backfleet.standalone.chaos.site;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import dev.backfleet.embedded.process.FreePort;
import dev.backfleet.standalone.proxy.Toxiproxy;
import dev.backfleet.standalone.proxy.ToxiproxyServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a run. PostgreSQL has a proxy for each worker and one for the coordinators; Kafka has one for all
 * workers and one for the coordinators. The application and the tests go to Kafka directly, and to PostgreSQL through a proxy
 * that nothing is done to: their address, too, leads to the next primary after a failover.
 */
public final class Site implements AutoCloseable {
    /** The proxies before Kafka, by their clients. */
    public static final List<String> KAFKA = List.of("kafka-workers", "kafka-coordinators");

    public static final String COORDINATORS = "postgres-coordinators";
    private static final String REPLICATION = "postgres-replication";
    private static final String DIRECT = "postgres-direct";
    public static final String PASSWORD = "never-to-be-seen-4711";

    private volatile PostgresServer postgres;
    private final KafkaBroker kafka;
    private final ToxiproxyServer server;
    private final Toxiproxy proxies;
    private final List<Integer> workerPorts = new ArrayList<>();
    private final int coordinatorPort;
    private final int directPort;
    private final List<Integer> kafkaPorts;
    private int replicationPort;
    private @Nullable PostgresServer standby;
    private Optional<String> hosts = Optional.empty();

    private Site(PostgresServer postgres, KafkaBroker kafka, ToxiproxyServer server, Ports ports, int workers) {
        this.postgres = postgres;
        this.kafka = kafka;
        this.server = server;
        this.proxies = new Toxiproxy(server.address());
        this.kafkaPorts = ports.advertised;
        for (var i = 0; i < KAFKA.size(); i++) {
            proxies.create(KAFKA.get(i), ports.advertised.get(i), "127.0.0.1:" + ports.listening.get(i));
        }
        var upstream = "127.0.0.1:" + postgres.port();
        this.coordinatorPort = proxies.create(COORDINATORS, FreePort.next(), upstream);
        this.directPort = proxies.create(DIRECT, FreePort.next(), upstream);
        for (var i = 1; i <= workers; i++) {
            workerPorts.add(proxies.create(ofWorker(i), FreePort.next(), upstream));
        }
    }

    /** Starts everything, with proxies for so many workers. */
    public static Site open(int workers, long seed) throws IOException {
        var ports = Ports.free();
        var kafka = KafkaBroker.open(ports.options());
        var postgres = PostgresServer.open(
                PostgresOptions.durable().with("track_commit_timestamp", "on").with("max_connections", "200"));
        return new Site(postgres, kafka, ToxiproxyServer.start(seed), ports, workers);
    }

    /**
     * Gives the server a standby that follows it through a proxy. The address of the database is both hosts from now on, if
     * that is wanted, else it stays where it is.
     */
    public void addStandby(boolean bothHosts) {
        var upstream = "127.0.0.1:" + postgres.port();
        if (replicationPort == 0) {
            replicationPort = proxies.create(REPLICATION, FreePort.next(), upstream);
        } else {
            proxies.remove(REPLICATION, "cut");
            proxies.move(REPLICATION, upstream);
        }
        standby = PostgresServer.standbyOf(
                postgres,
                PostgresOptions.durable()
                        .with(
                                "primary_conninfo",
                                "host=127.0.0.1 port=" + replicationPort + " user=" + postgres.user()));
        hosts = bothHosts
                ? Optional.of("127.0.0.1:" + postgres.port() + ",127.0.0.1:" + standby.port())
                : Optional.empty();
    }

    /** What is committed from now on does not reach the standby. */
    public void cutReplication() {
        proxies.add(REPLICATION, "cut", "timeout", "downstream", Map.of("timeout", 0));
    }

    /** Kills the primary, promotes the standby, and lets the address lead to it; the former primary. */
    public PostgresServer failOver() {
        postgres.stopImmediately();
        var former = promote();
        lead();
        return former;
    }

    /** Makes the standby the primary, to which no client is directed yet; returns the former primary. */
    PostgresServer promote() {
        var former = postgres;
        postgres = standby();
        standby = former;
        postgres.promote();
        return former;
    }

    /** Lets the address lead to the primary. */
    void lead() {
        var upstream = "127.0.0.1:" + postgres.port();
        proxies.move(COORDINATORS, upstream);
        proxies.move(DIRECT, upstream);
        for (var i = 1; i <= workerPorts.size(); i++) {
            proxies.move(ofWorker(i), upstream);
        }
    }

    /** The name of the proxy between the worker of that number, from 1, and PostgreSQL. */
    public static String ofWorker(int number) {
        return "postgres-worker-" + number;
    }

    /** Whether a fault of this target, a process or a proxy, is felt by one worker only. */
    public static boolean isForOneWorker(String target) {
        return target.startsWith("worker-") || target.startsWith("postgres-worker-");
    }

    public PostgresServer postgres() {
        return postgres;
    }

    PostgresServer standby() {
        return Objects.requireNonNull(standby);
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    public Toxiproxy proxies() {
        return proxies;
    }

    /** Where the application finds its database. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + directPort + "/postgres?user=" + postgres.user();
    }

    /** Where a command finds database and broker. */
    public List<String> flags() {
        return List.of("--database-url", url(directPort), "--kafka-bootstrap-servers", kafka.bootstrapServers());
    }

    /** Where the worker of that number finds its database. */
    String databaseOfWorker(int number) {
        return url(workerPorts.get(number - 1));
    }

    String databaseOfCoordinators() {
        return url(coordinatorPort);
    }

    String kafkaOfWorkers() {
        return "127.0.0.1:" + kafkaPorts.get(0);
    }

    String kafkaOfCoordinators() {
        return "127.0.0.1:" + kafkaPorts.get(1);
    }

    private String url(int port) {
        return "postgresql://" + postgres.user() + ":" + PASSWORD + "@" + hosts.orElse("127.0.0.1:" + port)
                + "/postgres" + (hosts.isPresent() ? "?targetServerType=primary" : "");
    }

    @Override
    public void close() {
        try {
            server.close();
        } finally {
            kafka.close();
            postgres.close();
            if (standby != null) {
                standby.close();
            }
        }
    }

    /** The broker's ports: a client that came through a proxy is directed to use it again. */
    private record Ports(int direct, int controller, List<Integer> listening, List<Integer> advertised) {
        static Ports free() {
            return new Ports(
                    FreePort.next(),
                    FreePort.next(),
                    List.of(FreePort.next(), FreePort.next()),
                    List.of(FreePort.next(), FreePort.next()));
        }

        KafkaOptions options() {
            var direct = "PLAINTEXT://127.0.0.1:" + this.direct;
            return KafkaOptions.defaults()
                    .onPort(this.direct)
                    .with("controller.quorum.voters", "1@127.0.0.1:" + controller)
                    .with(
                            "listener.security.protocol.map",
                            "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,WORKERS:PLAINTEXT,COORDINATORS:PLAINTEXT")
                    .with("listeners", direct + ",CONTROLLER://127.0.0.1:" + controller + "," + listeners(listening))
                    .with("advertised.listeners", direct + "," + listeners(advertised));
        }

        private static String listeners(List<Integer> ports) {
            return "WORKERS://127.0.0.1:" + ports.get(0) + ",COORDINATORS://127.0.0.1:" + ports.get(1);
        }
    }
}
