package dev.backfleet.embedded.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** Makes a new cluster out of an empty data directory: its id and its features, which stay for good. */
final class BrokerFormat {

    private static final short NEVER_HEARD_OF = 0;

    private BrokerFormat() {}

    static void formatIfNew(Path data, boolean shareGroups) throws Exception {
        // Written last by the formatter: with it, the directory is formatted.
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString());
        if (!shareGroups) {
            formatter.setFeatureLevel("share.version", NEVER_HEARD_OF);
        }
        formatter.run();
    }
}
