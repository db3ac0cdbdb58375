package dev.backfleet.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfleet.embedded.SharedServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.server.common.MetadataVersion;
import org.junit.jupiter.api.Test;

/** The servers of this run are those that it is named after: the server itself is asked. */
class ServerVersionTest {

    @Test
    void postgresql_has_the_version_of_this_run() throws Exception {
        var wanted = System.getProperty("backfleet.matrix.postgres");
        assumeTrue(wanted != null, "a run of Kafka's");
        try (var connection = DriverManager.getConnection(SharedServers.freshDatabase())) {
            var version = connection.getMetaData().getDatabaseProductVersion();
            assertThat(version).startsWith(wanted + ".");
            note("postgres-" + wanted, version);
        }
    }

    @Test
    void kafka_has_the_version_of_this_run() throws Exception {
        var wanted = System.getProperty("backfleet.matrix.kafka");
        assumeTrue(wanted != null, "a run of PostgreSQL's");
        var settings = Map.<String, Object>of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedServers.kafka().bootstrapServers());
        try (var admin = Admin.create(settings)) {
            var features = admin.describeFeatures().featureMetadata().get();
            var level = features.finalizedFeatures().get("metadata.version").maxVersionLevel();
            var release = MetadataVersion.fromFeatureLevel(level).version();
            assertThat(release).startsWith(wanted + "-");
            var share = features.finalizedFeatures().get("share.version");
            note(
                    "kafka-" + wanted,
                    release
                            + (share == null || share.maxVersionLevel() == 0
                                    ? ", consumer groups"
                                    : ", share groups and consumer groups"));
        }
    }

    // Read by the test that makes the table.
    private static void note(String run, String text) throws Exception {
        var reports = Path.of(System.getProperty("backfleet.matrix.reports"), run);
        Files.writeString(Files.createDirectories(reports).resolve(MatrixRun.SERVER), text);
    }
}
