package dev.backfleet.embedded.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What every JVM that this one starts has in common. */
public final class ChildJvm {

    /**
     * The system property with more options for all of them, one in a line. An archive of loaded classes comes by this
     * way: with {@code -XX:SharedArchiveFile}, a worker starts with two thirds of the processor time.
     */
    public static final String OPTIONS_PROPERTY = "backfleet.jvm-options";

    // Otherwise the JVM moves the archive of classes to an address by chance at each start, and corrects 50 MB for it.
    private static final List<String> ARCHIVE_IN_PLACE =
            List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

    private ChildJvm() {}

    /** The program, of the same Java as this JVM. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Options for all of them, and those that {@link #OPTIONS_PROPERTY} names. */
    public static List<String> options() {
        return options(System.getProperty(OPTIONS_PROPERTY, ""));
    }

    static List<String> options(String lines) {
        return Stream.concat(ARCHIVE_IN_PLACE.stream(), lines.lines()).toList();
    }

    /** This JVM's class path, archives first: the classes that it shares can only come from there. */
    public static String classPath() {
        return classPath(System.getProperty("java.class.path"));
    }

    static String classPath(String own) {
        var entries = Arrays.asList(own.split(File.pathSeparator));
        Predicate<String> isDirectory = entry -> Files.isDirectory(Path.of(entry));
        return Stream.concat(
                        entries.stream().filter(isDirectory.negate()),
                        entries.stream().filter(isDirectory))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
