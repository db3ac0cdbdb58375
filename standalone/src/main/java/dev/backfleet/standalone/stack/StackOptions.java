package dev.backfleet.standalone.stack;

import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.process.FreePort;
import dev.backfleet.standalone.process.FleetProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of a local stack.
 *
 * @param postgres options of PostgreSQL
 * @param kafka options of the broker
 * @param logs where coordinators and workers log to; null: a temporary directory, deleted on close
 * @param environment settings of coordinators and workers, by the names of the environment variables
 * @param lost is called with a coordinator or worker that ended unexpectedly
 */
public record StackOptions(
        PostgresOptions postgres,
        KafkaOptions kafka,
        @Nullable Path logs,
        Map<String, String> environment,
        Consumer<FleetProcess> lost) {

    /** The stack closes its servers in a certain order itself. */
    public StackOptions {
        postgres = postgres.closedByCaller();
        kafka = kafka.closedByCaller();
        environment = Map.copyOf(environment);
    }

    /** A stack of which nothing is left on the disk, and which survives crashes while it lives. */
    public static StackOptions temporary() {
        return new StackOptions(PostgresOptions.durable(), KafkaOptions.defaults(), null, Map.of(), process -> {});
    }

    /** For tests: the same, and nothing waits for the disk. */
    public static StackOptions fast() {
        return temporary().with(PostgresOptions.fast());
    }

    /** A stack whose data and logs are kept in the directory for the next run. */
    public static StackOptions keptIn(Path directory) {
        var options = temporary();
        return new StackOptions(
                options.postgres.in(directory.resolve("postgres")),
                options.kafka.in(directory.resolve("kafka")),
                directory.resolve("logs"),
                options.environment,
                options.lost);
    }

    /** With another PostgreSQL. */
    public StackOptions with(PostgresOptions other) {
        return new StackOptions(other, kafka, logs, environment, lost);
    }

    /** With a setting for coordinators and workers, as {@code BACKFLEET_SHARD_LEASE}. */
    public StackOptions with(String name, String value) {
        var more = new HashMap<>(environment);
        more.put(name, value);
        return new StackOptions(postgres, kafka, logs, more, lost);
    }

    /** On these ports; 0 for a free one. */
    public StackOptions onPorts(int postgresPort, int kafkaPort) {
        return new StackOptions(postgres.onPort(postgresPort), kafka.onPort(kafkaPort), logs, environment, lost);
    }

    /** With a coordinator that serves the API and the console on a free port. Of several, only the first could. */
    public StackOptions serving() {
        return with(HttpCatalogue.HTTP_LISTEN.name(), "127.0.0.1:" + FreePort.next());
    }

    /** Where the console is; nothing if none is served. */
    public Optional<String> console() {
        return Optional.ofNullable(environment.get(HttpCatalogue.HTTP_LISTEN.name()))
                .filter(address -> !address.equals(ListenAddress.NONE.toString()))
                .map(address -> "http://" + address + "/");
    }

    /** With a listener for coordinators and workers that ended unexpectedly. */
    public StackOptions telling(Consumer<FleetProcess> listener) {
        return new StackOptions(postgres, kafka, logs, environment, listener);
    }
}
