package dev.backfleet.common.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The terminal is asked for its size only after it said that it has changed. */
class WindowSizeTest {
    private static final TerminalInfo FIRST = new TerminalInfo(true, 80, 24);

    @Test
    void the_terminal_is_asked_once_for_each_change() {
        var asked = new AtomicInteger();
        var size = new WindowSize(FIRST, () -> Optional.of(new TerminalInfo(true, 100 + asked.incrementAndGet(), 30)));
        assertThat(size.now()).isEqualTo(FIRST);
        size.hasChanged();
        size.hasChanged();
        assertThat(size.now().columns()).isEqualTo(101);
        assertThat(size.now().columns()).isEqualTo(101);
        size.hasChanged();
        assertThat(size.now().columns()).isEqualTo(102);
    }

    @Test
    void without_an_answer_the_size_stays() {
        var size = new WindowSize(FIRST, Optional::empty);
        size.hasChanged();
        assertThat(size.now()).isEqualTo(FIRST);
    }

    @Test
    void the_answer_has_the_rows_first() {
        assertThat(WindowSize.parse("24 132\n")).hasValue(new TerminalInfo(true, 132, 24));
        assertThat(WindowSize.parse("0 0\n")).hasValue(new TerminalInfo(true, 80, 24));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "stty: invalid argument", "24", "24 x"})
    void anything_else_is_no_answer(String text) {
        assertThat(WindowSize.parse(text)).isEmpty();
    }
}
