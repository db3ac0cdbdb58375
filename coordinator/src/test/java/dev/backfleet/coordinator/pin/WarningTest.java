package dev.backfleet.coordinator.pin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A person who reads a warning's code finds it on the page about submitting. */
class WarningTest {

    @ParameterizedTest
    @EnumSource
    void each_code_is_on_the_page_about_submitting(Warning.Code code) throws IOException {
        assertThat(Files.readString(Path.of("..", "docs", "operations.md"))).contains("`" + code.shown() + "`");
    }
}
