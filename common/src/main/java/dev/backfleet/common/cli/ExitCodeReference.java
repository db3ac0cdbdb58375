package dev.backfleet.common.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates the exit code page from {@link ExitCode}. */
public final class ExitCodeReference {

    private static final String HEAD = """
            # Exit codes

            <!-- Made from ExitCode by: mvn -pl common -am test -Dbackfleet.regenerate=true -->

            Every command ends with one of these. Data goes to standard output, messages to standard error.

            | code | name | meaning |
            |---:|---|---|
            """;

    private ExitCodeReference() {}

    public static String page() {
        return Stream.of(ExitCode.values())
                .map(code -> "| %d | %s | %s |\n".formatted(code.code(), code.words(), code.sentence()))
                .collect(Collectors.joining("", HEAD, ""));
    }
}
