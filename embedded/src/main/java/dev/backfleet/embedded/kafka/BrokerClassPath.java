package dev.backfleet.embedded.kafka;

import dev.backfleet.embedded.process.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the broker's process has its classes from: this JVM's class path, unless {@link #PROPERTY} names a file with
 * the class path of another release of Kafka.
 */
final class BrokerClassPath {

    /** The system property with the file's name; the file has one line, as Maven's dependency plugin writes it. */
    static final String PROPERTY = "backfleet.kafka.class-path";

    private BrokerClassPath() {}

    static String text() throws IOException {
        var file = System.getProperty(PROPERTY);
        return file == null
                ? ChildJvm.classPath()
                : replaced(ChildJvm.classPath(), Files.readString(Path.of(file)).strip());
    }

    // Classes of two releases must not meet: what is missing in the older one would come from this JVM's.
    static String replaced(String own, String broker) {
        var others = Arrays.stream(own.split(File.pathSeparator)).filter(entry -> !isKafka(entry));
        return Stream.concat(Stream.of(broker), others).collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isKafka(String entry) {
        return entry.endsWith(".jar") && Path.of(entry).getFileName().toString().startsWith("kafka");
    }
}
