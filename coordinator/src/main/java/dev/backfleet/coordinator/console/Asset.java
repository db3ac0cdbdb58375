package dev.backfleet.coordinator.console;

import dev.backfleet.coordinator.api.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A file that pages refer to. */
public enum Asset {
    STYLE("console.css", "text/css"),
    SCRIPT("console.js", "text/javascript"),
    ICON("icon.svg", "image/svg+xml");

    private final String file;
    private final String type;

    Asset(String file, String type) {
        this.file = file;
        this.type = type;
    }

    /** Where it is, below the base path. */
    public String path() {
        return "/assets/" + file;
    }

    /** The file as it is sent. */
    public Answer answer() {
        try (var content = Objects.requireNonNull(Asset.class.getResourceAsStream(file), file)) {
            return Answer.of(type, new String(content.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
