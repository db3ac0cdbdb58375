package dev.backfleet.coordinator.cli.doctor;

import dev.backfleet.common.kafka.Topics;
import dev.backfleet.common.kafka.setup.ClusterFacts;
import dev.backfleet.common.kafka.setup.ClusterFacts.TopicFacts;
import dev.backfleet.common.unit.HumanText;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Kafka: the cluster, share groups, the topics, and what this client may do with them. */
final class KafkaCheck {
    private static final String AREA = "kafka";

    private KafkaCheck() {}

    static List<CheckResult> of(String servers, ClusterFacts facts, Topics names) {
        var results = new ArrayList<CheckResult>();
        results.add(CheckResult.ok(
                AREA,
                servers + " answers: " + HumanText.number(facts.brokers())
                        + (facts.brokers() == 1 ? " broker" : " brokers")));
        results.add(CheckResult.ok(
                AREA,
                facts.shareVersion() >= 1
                        ? "share groups are available (share.version " + facts.shareVersion() + ")"
                        : "no share groups (share.version 0): workers use a consumer group"));
        facts.topics().forEach(topic -> results.addAll(topic(topic, facts, names)));
        return results;
    }

    private static List<CheckResult> topic(TopicFacts topic, ClusterFacts facts, Topics names) {
        if (topic.failure() != null) {
            return List.of(CheckResult.problem(
                    AREA,
                    "topic " + topic.name() + " cannot be described: " + topic.failure(),
                    "grant DESCRIBE, READ and WRITE on it"));
        }
        if (topic.partitions() == 0) {
            return List.of(CheckResult.problem(
                    AREA,
                    "there is no topic " + topic.name() + ", or this client may not describe it",
                    "start a coordinator, which creates it, or check the topic prefix"));
        }
        var results = new ArrayList<CheckResult>();
        results.add(CheckResult.ok(AREA, described(topic)));
        if (topic.name().equals(names.control())) {
            results.addAll(control(topic));
        }
        if (topic.replicas() == 1 && facts.brokers() > 1) {
            results.add(CheckResult.warning(
                    AREA,
                    "topic " + topic.name() + " has a single replica: it is away while its broker is",
                    "raise its replication factor with kafka-reassign-partitions.sh"));
        }
        return results;
    }

    private static String described(TopicFacts topic) {
        return "topic " + topic.name() + ": " + HumanText.number(topic.partitions())
                + (topic.partitions() == 1 ? " partition" : " partitions") + ", " + topic.replicas()
                + (topic.replicas() == 1 ? " replica" : " replicas")
                + (topic.cleanupPolicy() == null ? "" : ", cleanup.policy " + topic.cleanupPolicy())
                + (topic.operations() == null
                        ? ""
                        : "; this client may " + String.join(", ", new TreeSet<>(topic.operations())));
    }

    private static List<CheckResult> control(TopicFacts topic) {
        var results = new ArrayList<CheckResult>();
        if (topic.partitions() != 1) {
            results.add(CheckResult.problem(
                    AREA,
                    "topic " + topic.name() + " has " + topic.partitions()
                            + " partitions, but control records are ordered only within one",
                    "delete it; a coordinator creates it again with one"));
        }
        if (topic.cleanupPolicy() != null && !topic.cleanupPolicy().equals("compact")) {
            results.add(CheckResult.problem(
                    AREA,
                    "topic " + topic.name() + " is not compacted: a pause is lost after the retention time",
                    "set its cleanup.policy to compact with kafka-configs.sh"));
        }
        if (topic.operations() != null && !topic.operations().contains("WRITE")) {
            results.add(CheckResult.problem(
                    AREA,
                    "this client may not write to " + topic.name()
                            + ": its pause holds, but workers stop later, and a resume waits" + " for the coordinator",
                    "grant WRITE on it"));
        }
        return results;
    }
}
