package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.spec.parse.SpecParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a spec from a file, or from standard input. */
final class SpecSource {
    private static final String STANDARD_INPUT = "-";

    private SpecSource() {}

    /**
     * Reads and parses.
     *
     * @param name the file's path; a hyphen is standard input
     */
    static ParsedSpec parsed(String name, InputStream standardInput) {
        var shown = name.equals(STANDARD_INPUT) ? "standard input" : name;
        try {
            var bytes = name.equals(STANDARD_INPUT) ? standardInput.readAllBytes() : Files.readAllBytes(Path.of(name));
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return SpecParser.parse(shown, text.toString());
        } catch (NoSuchFileException e) {
            throw new CommandException(
                    ExitCode.USAGE, "there is no file " + shown + ": check the path; - is standard input", e);
        } catch (CharacterCodingException e) {
            throw new CommandException(ExitCode.USAGE, shown + " is not UTF-8 text: save it as UTF-8", e);
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.USAGE,
                    shown + " cannot be read: " + e.getMessage() + "; check that it is a readable file",
                    e);
        }
    }
}
