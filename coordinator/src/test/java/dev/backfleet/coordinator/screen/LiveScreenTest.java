package dev.backfleet.coordinator.screen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the live screen sends to the terminal. */
class LiveScreenTest {
    private final StringWriter out = new StringWriter();
    private final LiveScreen screen = new LiveScreen(new PrintWriter(out));

    private String sent() {
        var sent = out.toString().replace("\u001b", "^");
        out.getBuffer().setLength(0);
        return sent;
    }

    @Test
    void the_first_drawing_hides_the_cursor_and_later_ones_go_up_over_the_last() {
        screen.draw(List.of("one", "two"), 80);
        assertThat(sent()).isEqualTo("^[?25l^[?7l\rone^[K\ntwo^[K\n^[J");
        screen.draw(List.of("three"), 80);
        assertThat(sent()).isEqualTo("\r^[2Athree^[K\n^[J");
        screen.draw(List.of("four", "five"), 80);
        assertThat(sent()).isEqualTo("\r^[1Afour^[K\nfive^[K\n^[J");
    }

    @Test
    void after_the_window_became_narrower_it_goes_up_over_the_lines_that_the_terminal_has_broken() {
        screen.draw(List.of("x".repeat(80), "\u001b[1mbold\u001b[0m" + "y".repeat(40), ""), 80);
        sent();
        screen.draw(List.of("x".repeat(30)), 30);
        assertThat(sent()).startsWith("\r^[" + (3 + 2 + 1) + "A").endsWith("x".repeat(30) + "\n^[J");
        screen.draw(List.of("wide again"), 80);
        assertThat(sent()).startsWith("\r^[1A");
    }

    @Test
    void the_last_character_of_a_line_as_wide_as_the_screen_is_not_erased() {
        screen.draw(List.of("x".repeat(79), "\u001b[1m" + "y".repeat(80) + "\u001b[0m", "z".repeat(80)), 80);
        assertThat(sent()).endsWith("x^[K\n^[1m" + "y".repeat(80) + "^[0m\n" + "z".repeat(80) + "\n^[J");
        screen.append("a".repeat(80));
        assertThat(sent()).isEqualTo("\r" + "a".repeat(80) + "\n");
    }

    @Test
    void closing_gives_the_cursor_back_once() {
        screen.draw(List.of("one"), 80);
        sent();
        screen.close();
        screen.close();
        assertThat(sent()).isEqualTo("^[?7h^[?25h");
    }

    @Test
    void a_screen_that_never_drew_sends_nothing() {
        screen.close();
        assertThat(sent()).isEmpty();
    }

    @Test
    void an_appended_line_stays() {
        screen.draw(List.of("one"), 80);
        screen.append("two");
        sent();
        screen.draw(List.of("three"), 80);
        assertThat(sent()).isEqualTo("\rthree^[K\n^[J");
    }
}
