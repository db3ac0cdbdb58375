package dev.backfleet.embedded;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * One PostgreSQL and one Kafka broker for all tests of a JVM, started at their first use and closed when the JVM ends.
 * Tests share only the servers: each test uses its own database and its own names for topics and groups. A test that
 * stops or kills a server must open its own.
 */
public final class SharedServers {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();

    private SharedServers() {}

    /** The PostgreSQL of this JVM, which does not wait for the disk. */
    public static PostgresServer postgres() {
        return Postgres.SERVER;
    }

    /** The Kafka broker of this JVM, with share groups. */
    public static KafkaBroker kafka() {
        return Kafka.BROKER;
    }

    /** Creates an empty database and returns its JDBC URL, with which the driver needs neither user nor password. */
    public static String freshDatabase() {
        return postgres().createDatabase("fresh_" + DATABASES.incrementAndGet());
    }

    /**
     * Creates a database with everything that {@code preparation} makes in an empty one, and returns its JDBC URL. For each
     * name, it is made once: databases are copies of that one, which takes a fraction of the time.
     *
     * @param preparation gets the JDBC URL of an empty database; it leaves no connection open
     */
    public static String preparedDatabase(String name, Consumer<String> preparation) {
        var template = TEMPLATES.computeIfAbsent(name, absent -> {
            var first = "prepared_" + name;
            preparation.accept(postgres().createDatabase(first));
            return first;
        });
        return postgres().createDatabase("fresh_" + DATABASES.incrementAndGet(), template);
    }

    /** Starts PostgreSQL at its first use. */
    private static final class Postgres {
        private static final PostgresServer SERVER = PostgresServer.open(
                // It would visit hundreds of databases, and change statistics while a test runs.
                PostgresOptions.fast().with("autovacuum_naptime", "1d"));
    }

    /** Starts the broker at its first use. */
    private static final class Kafka {
        private static final KafkaBroker BROKER = KafkaBroker.open(KafkaOptions.defaults());
    }
}
