package dev.backfleet.common.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The terminal that the launcher reports. */
class TerminalInfoTest {

    @ParameterizedTest
    @CsvSource({
        "'', false, 80, 24",
        "120x40, true, 120, 40",
        "0x0, true, 80, 24",
        "what, true, 80, 24",
    })
    void the_launcher_says_how_large_the_screen_is(String text, boolean present, int columns, int rows) {
        assertThat(TerminalInfo.from(Map.of("BACKFLEET_TERMINAL", text)))
                .isEqualTo(new TerminalInfo(present, columns, rows));
    }

    @Test
    void without_the_launcher_there_is_no_screen() {
        assertThat(TerminalInfo.from(Map.of())).isEqualTo(TerminalInfo.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "80x24, '', xterm, true",
        "80x24, 1, xterm, false",
        "80x24, '', dumb, false",
        "'', '', xterm, false",
    })
    void colours_are_used_only_on_terminals_and_without_NO_COLOR(
            String terminal, String noColor, String term, boolean colours) {
        var environment = Map.of("BACKFLEET_TERMINAL", terminal, "NO_COLOR", noColor, "TERM", term);

        assertThat(TerminalInfo.wantsColour(environment)).isEqualTo(colours);
    }

    @Test
    void a_person_can_be_asked_if_input_and_output_are_a_terminal() {
        assertThat(TerminalInfo.canAsk(Map.of("BACKFLEET_TERMINAL", "80x24", "BACKFLEET_INPUT", "terminal")))
                .isTrue();
        assertThat(TerminalInfo.canAsk(Map.of("BACKFLEET_TERMINAL", "80x24", "BACKFLEET_INPUT", "")))
                .isFalse();
        assertThat(TerminalInfo.canAsk(Map.of("BACKFLEET_INPUT", "terminal"))).isFalse();
    }
}
