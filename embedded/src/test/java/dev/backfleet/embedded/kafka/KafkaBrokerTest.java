package dev.backfleet.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.process.EmbeddedServerException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker as this module runs it: a child process that can be killed and comes back with its topics. */
@Tag("server")
@Tag("long")
class KafkaBrokerTest {

    @TempDir
    Path directory;

    @Test
    void a_killed_broker_comes_back_with_its_topics_on_its_port() throws Exception {
        try (var broker = KafkaBroker.open(KafkaOptions.defaults())) {
            var servers = broker.bootstrapServers();
            createTopic(servers, "kept");
            var killed = ProcessHandle.of(broker.pid()).orElseThrow();

            broker.kill();
            assertThat(killed.isAlive()).isFalse();
            assertThatThrownBy(broker::pid).isInstanceOf(IllegalStateException.class);
            broker.start();

            assertThat(broker.bootstrapServers()).isEqualTo(servers);
            assertThat(topics(servers)).contains("kept");
        }
    }

    @Test
    void a_kept_directory_brings_cluster_and_topics_back_on_other_ports() throws Exception {
        var options = KafkaOptions.defaults().in(directory.resolve("it's \"kept\""));
        String cluster;
        try (var broker = KafkaBroker.open(options)) {
            createTopic(broker.bootstrapServers(), "kept");
            cluster = clusterId(broker.bootstrapServers());
        }
        try (var broker = KafkaBroker.open(options)) {
            assertThat(topics(broker.bootstrapServers())).contains("kept");
            assertThat(clusterId(broker.bootstrapServers())).isEqualTo(cluster);
        }
    }

    @Test
    void after_close_neither_process_nor_temporary_directory_is_left() {
        var broker = KafkaBroker.open(KafkaOptions.defaults());
        var process = ProcessHandle.of(broker.pid()).orElseThrow();
        var log = broker.logFile();
        assertThat(log).exists();

        broker.close();
        broker.close();

        assertThat(process.isAlive()).isFalse();
        assertThat(log.getParent()).doesNotExist();
    }

    @Test
    void share_groups_are_there_unless_the_cluster_is_an_old_one() throws Exception {
        assertThat(shareVersion(SharedServers.kafka().bootstrapServers())).contains((short) 1);
        try (var old = KafkaBroker.open(KafkaOptions.defaults().withoutShareGroups())) {
            assertThat(shareVersion(old.bootstrapServers())).isEmpty();
        }
    }

    @Test
    void a_wrong_property_is_reported_with_the_brokers_log() {
        var options = KafkaOptions.defaults().with("num.io.threads", "none");

        assertThatThrownBy(() -> KafkaBroker.open(options))
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("num.io.threads");
    }

    @Test
    void a_directory_in_use_is_rejected() {
        var options = KafkaOptions.defaults().in(SharedServers.kafka().logFile().resolveSibling("."));

        assertThatThrownBy(() -> KafkaBroker.open(options)).hasMessageContaining("in use by the process");
    }

    private static void createTopic(String servers, String name) throws Exception {
        try (var admin = admin(servers)) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
        }
    }

    private static Iterable<String> topics(String servers) throws Exception {
        try (var admin = admin(servers)) {
            return admin.listTopics().names().get();
        }
    }

    private static String clusterId(String servers) throws Exception {
        try (var admin = admin(servers)) {
            return admin.describeCluster().clusterId().get();
        }
    }

    private static Optional<Short> shareVersion(String servers) throws Exception {
        try (var admin = admin(servers)) {
            var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures();
            return Optional.ofNullable(features.get("share.version")).map(range -> range.maxVersionLevel());
        }
    }

    private static Admin admin(String servers) {
        return Admin.create(Map.of("bootstrap.servers", servers));
    }
}
