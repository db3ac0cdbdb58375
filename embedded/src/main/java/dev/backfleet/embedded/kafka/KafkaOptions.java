package dev.backfleet.embedded.kafka;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a Kafka broker is to run.
 *
 * @param directory where it keeps its data and its log, for the next start as well; null: a temporary one, deleted on
 *     close
 * @param port the port of the clients' listener on 127.0.0.1; 0: a free one
 * @param shareGroups whether a new cluster has share groups; a cluster that exists already stays as it is
 * @param properties broker properties beyond, or instead of, the defaults of {@link BrokerProperties}
 * @param closeAtExit whether a shutdown hook closes the broker; without it whoever opened the broker does so, in an
 *     order of its own
 */
public record KafkaOptions(
        @Nullable Path directory, int port, boolean shareGroups, Map<String, String> properties, boolean closeAtExit) {

    /** Copies the properties. */
    public KafkaOptions {
        properties = Map.copyOf(properties);
    }

    /** A temporary cluster with share groups on a free port. */
    public static KafkaOptions defaults() {
        return new KafkaOptions(null, 0, true, Map.of(), true);
    }

    /** With data that are kept, or were kept by an earlier broker, in the directory. */
    public KafkaOptions in(Path kept) {
        return new KafkaOptions(kept, port, shareGroups, properties, closeAtExit);
    }

    /** On this port; 0 for a free one. */
    public KafkaOptions onPort(int wanted) {
        return new KafkaOptions(directory, wanted, shareGroups, properties, closeAtExit);
    }

    /** As a cluster that has never heard of share groups. */
    public KafkaOptions withoutShareGroups() {
        return new KafkaOptions(directory, port, false, properties, closeAtExit);
    }

    /** With a broker property. */
    public KafkaOptions with(String property, String value) {
        var more = new LinkedHashMap<>(properties);
        more.put(property, value);
        return new KafkaOptions(directory, port, shareGroups, more, closeAtExit);
    }

    /** Without a shutdown hook. */
    public KafkaOptions closedByCaller() {
        return new KafkaOptions(directory, port, shareGroups, properties, false);
    }
}
