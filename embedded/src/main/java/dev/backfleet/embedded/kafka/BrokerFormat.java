package dev.backfleet.embedded.kafka;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;
import org.apache.kafka.server.common.MetadataVersion;

/** Makes a new cluster out of an empty data directory: its id and its features, which stay for good. */
final class BrokerFormat {

    private static final short NEVER_HEARD_OF = 0;
    private static final String SHARE_GROUPS = "share.version";
    private static final String FEATURES = "org.apache.kafka.server.common.Feature";
    private static final String FEATURES_BEFORE_4 = "org.apache.kafka.server.common.Features";

    private BrokerFormat() {}

    static void formatIfNew(Path data, boolean shareGroups) throws Exception {
        // Written last by the formatter: with it, the directory is formatted.
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        var features = features();
        var formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setSupportedFeatures(features)
                .setNodeId(1)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName("CONTROLLER")
                .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString());
        if (!shareGroups && hasShareGroups(features)) {
            formatter.setFeatureLevel(SHARE_GROUPS, NEVER_HEARD_OF);
        }
        formatter.run();
    }

    private static boolean hasShareGroups(List<Feature> features) throws ReflectiveOperationException {
        for (Object feature : features) {
            if (SHARE_GROUPS.equals(feature.getClass().getMethod("featureName").invoke(feature))) {
                return true;
            }
        }
        return false;
    }

    // The class has another name in brokers before Kafka 4.0, which the matrix of versions starts. The formatter takes
    // a list, so that the type of its elements is of no consequence before that class is loaded.
    @SuppressWarnings("unchecked")
    private static List<Feature> features() throws ReflectiveOperationException {
        Class<?> type;
        try {
            type = Class.forName(FEATURES);
        } catch (ClassNotFoundException e) {
            type = Class.forName(FEATURES_BEFORE_4);
        }
        return (List<Feature>) type.getField("PRODUCTION_FEATURES").get(null);
    }
}
