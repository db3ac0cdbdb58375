package dev.backfleet.common.cli;

import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The output format of a command, as a mixin. */
public final class OutputOption {

    // Picocli sets it.
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = Converter.class,
            description = "What to print: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.TABLE;

    /** Whether the output is JSON. */
    public boolean json() {
        return format == Format.JSON;
    }

    /** The output formats. */
    enum Format {
        TABLE,
        JSON;

        /** The name as a person writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Reads a format as a person writes it, since picocli would name the constants in its message. */
    static final class Converter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return Stream.of(Format.values())
                    .filter(format -> format.toString().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is not table or json"));
        }
    }
}
