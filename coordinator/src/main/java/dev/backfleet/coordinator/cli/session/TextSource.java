package dev.backfleet.coordinator.cli.session;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a text from a file, or from standard input. */
public final class TextSource {
    private static final String STANDARD_INPUT = "-";

    private TextSource() {}

    /**
     * Reads.
     *
     * @param name the file's path; a hyphen is standard input
     */
    public static Text read(String name, InputStream standardInput) {
        var shown = name.equals(STANDARD_INPUT) ? "standard input" : name;
        try {
            var bytes = name.equals(STANDARD_INPUT) ? standardInput.readAllBytes() : Files.readAllBytes(Path.of(name));
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return new Text(shown, text.toString());
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

    /**
     * A text.
     *
     * @param name for messages: the file's path, or {@code standard input}
     * @param text the text
     */
    public record Text(String name, String text) {}
}
