package dev.backfleet.common.unit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A value that a command prints for pasting is one shell word, whatever characters it has. */
class ShellWordTest {

    @Test
    void quotes_and_what_no_screen_shows_are_escaped() {
        assertThat(ShellWord.of("a-7.b")).isEqualTo("a-7.b");
        assertThat(ShellWord.of("é")).isEqualTo("'é'");
        assertThat(ShellWord.of("")).isEqualTo("''");
        assertThat(ShellWord.of("a b$(x)`y`\\")).isEqualTo("'a b$(x)`y`\\'");
        assertThat(ShellWord.of("it's")).isEqualTo("'it'\\''s'");
        assertThat(ShellWord.of("a\n'\\\u001b")).isEqualTo("$'a\\x0a\\'\\\\\\x1b'");
    }
}
