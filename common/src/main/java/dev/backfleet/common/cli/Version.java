package dev.backfleet.common.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version and the revision, as the build stored them. */
public final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"backfleet " + number()};
    }

    /** The version number alone. */
    public static String number() {
        return property("version");
    }

    /** The commit that this release was built from; {@code unknown} if the build did not store it. */
    public static String revision() {
        return property("revision");
    }

    private static String property(String name) {
        try (var resource = Objects.requireNonNull(Version.class.getResourceAsStream("version.properties"))) {
            var properties = new Properties();
            properties.load(resource);
            return Objects.requireNonNull(properties.getProperty(name));
        } catch (IOException e) {
            throw new UncheckedIOException("the class path has a damaged version.properties", e);
        }
    }
}
