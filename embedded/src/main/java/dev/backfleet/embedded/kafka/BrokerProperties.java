package dev.backfleet.embedded.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/**
 * The broker's properties: one node that is its own controller, small in memory, quick to notice that a client or its
 * own predecessor is dead.
 */
final class BrokerProperties {

    private static final Map<String, String> ONE_NODE = Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", "1"),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry("inter.broker.listener.name", "PLAINTEXT"),
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"));

    private static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
            Map.entry("log.cleaner.io.buffer.size", "262144"),
            Map.entry("log.index.size.max.bytes", "1048576"),
            // An idle controller writes a record at this interval: half of what it does, at the default of 0.5 s.
            Map.entry("metadata.max.idle.interval.ms", "5000"),
            Map.entry("num.network.threads", "1"),
            Map.entry("num.io.threads", "2"),
            Map.entry("background.threads", "2"),
            Map.entry("offsets.load.buffer.size", "262144"),
            Map.entry("share.coordinator.load.buffer.size", "262144"));

    // The minimums are lowered everywhere, the values themselves only where that has no disadvantage.
    private static final Map<String, String> QUICK = Map.ofEntries(
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.min.session.timeout.ms", "1000"),
            Map.entry("group.consumer.min.session.timeout.ms", "6000"),
            Map.entry("group.consumer.session.timeout.ms", "6000"),
            Map.entry("group.consumer.min.heartbeat.interval.ms", "500"),
            Map.entry("group.consumer.heartbeat.interval.ms", "1000"),
            Map.entry("group.share.min.session.timeout.ms", "6000"),
            Map.entry("group.share.session.timeout.ms", "6000"),
            Map.entry("group.share.min.heartbeat.interval.ms", "500"),
            Map.entry("group.share.heartbeat.interval.ms", "1000"),
            Map.entry("group.share.min.record.lock.duration.ms", "1000"),
            Map.entry("group.share.assignment.interval.ms", "0"),
            // A new share group's first try to store its state may fail, since the topic for it is only then created:
            // no
            // member gets a record before the second one, by default half a minute later. Five seconds is the least.
            Map.entry("group.share.initialize.retry.interval.ms", "5000"),
            // A broker that was killed may come back only when its registration has timed out.
            Map.entry("broker.session.timeout.ms", "3000"),
            Map.entry("broker.heartbeat.interval.ms", "500"));

    /** Begins the names of options whose values are added to the broker's own. */
    static final String ALSO = "also.";

    private BrokerProperties() {}

    /** All properties of a broker with its data in the directory. */
    static Properties of(Path data, int port, int controllerPort, Map<String, String> extra) {
        var all = new Properties();
        all.putAll(ONE_NODE);
        all.putAll(SMALL);
        all.putAll(QUICK);
        var clients = "PLAINTEXT://127.0.0.1:" + port;
        all.setProperty("listeners", clients + ",CONTROLLER://127.0.0.1:" + controllerPort);
        all.setProperty("advertised.listeners", clients);
        all.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.setProperty("log.dirs", data.toString());
        extra.forEach((name, value) -> {
            if (!name.startsWith(ALSO)) {
                all.setProperty(name, value);
            }
        });
        extra.forEach((name, value) -> {
            if (name.startsWith(ALSO)) {
                all.merge(name.substring(ALSO.length()), value, (own, more) -> own + "," + more);
            }
        });
        return all;
    }
}
