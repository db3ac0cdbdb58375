package dev.backfleet.embedded.kafka;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a Kafka broker.
 *
 * @param directory the directory of its data and its log, kept for the next start; null: a temporary one, deleted on
 *     close
 * @param port the port of the clients' listener on 127.0.0.1; 0: a free one
 * @param shareGroups whether a new cluster has share groups; an existing cluster stays unchanged
 * @param properties broker properties in addition to, or instead of, the defaults of {@link BrokerProperties}
 * @param closeAtExit whether a shutdown hook closes the broker; if false, the caller must close it
 */
public record KafkaOptions(
        @Nullable Path directory, int port, boolean shareGroups, Map<String, String> properties, boolean closeAtExit) {

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

    /** Without share groups, as an older cluster. */
    public KafkaOptions withoutShareGroups() {
        return new KafkaOptions(directory, port, false, properties, closeAtExit);
    }

    /** With a broker property. */
    public KafkaOptions with(String property, String value) {
        var more = new LinkedHashMap<>(properties);
        more.put(property, value);
        return new KafkaOptions(directory, port, shareGroups, more, closeAtExit);
    }

    /** With one more listener on 127.0.0.1, of a security protocol such as {@code SASL_SSL}. */
    public KafkaOptions withListener(String name, String protocol, int itsPort) {
        var address = name + "://127.0.0.1:" + itsPort;
        return added("listeners", address)
                .added("advertised.listeners", address)
                .added("listener.security.protocol.map", name + ":" + protocol);
    }

    private KafkaOptions added(String property, String value) {
        var also = BrokerProperties.ALSO + property;
        var before = properties.get(also);
        return with(also, before == null ? value : before + "," + value);
    }

    /** Without a shutdown hook. */
    public KafkaOptions closedByCaller() {
        return new KafkaOptions(directory, port, shareGroups, properties, false);
    }
}
