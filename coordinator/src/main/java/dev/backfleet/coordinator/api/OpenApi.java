package dev.backfleet.coordinator.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The description of the API for programs. */
public final class OpenApi {
    /** Where it is, below {@link Resources#ROOT}. */
    public static final String PATH = "/openapi.yaml";

    private static final String FILE = "openapi.yaml";

    private OpenApi() {}

    /** The document. */
    public static String text() {
        try (var file = Objects.requireNonNull(OpenApi.class.getResourceAsStream(FILE), FILE)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document as it is sent. */
    public static Answer answer() {
        return Answer.of("application/yaml", text());
    }
}
