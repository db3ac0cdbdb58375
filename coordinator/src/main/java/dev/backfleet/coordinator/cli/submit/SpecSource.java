package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.cli.session.TextSource;
import java.io.InputStream;

/** Reads a spec from a file, or from standard input. */
final class SpecSource {
    private SpecSource() {}

    /**
     * Reads and parses.
     *
     * @param name the file's path; a hyphen is standard input
     */
    static ParsedSpec parsed(String name, InputStream standardInput) {
        var source = TextSource.read(name, standardInput);
        return SpecParser.parse(source.name(), source.text());
    }
}
