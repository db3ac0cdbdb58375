package dev.backfleet.common.cli.output;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The output format of a command, and what prints its result in it, as a mixin. */
public final class OutputOption {

    // Picocli sets it.
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            converter = Converter.class,
            description = "What to print: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.TABLE;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** Whether the output is JSON. */
    public boolean json() {
        return format == Format.JSON;
    }

    /**
     * Prints the result of the command.
     *
     * @param result for programs
     * @param text for a person, with a line break at its end
     */
    public void print(Object result, Supplier<String> text) {
        var out = command.commandLine().getOut();
        out.print(json() ? JsonOutput.render(result) : text.get());
        out.flush();
    }

    /** Tells a person, on standard error, what a program finds in the JSON. */
    public void remark(String line) {
        if (!json()) {
            var err = command.commandLine().getErr();
            err.println(line);
            err.flush();
        }
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
