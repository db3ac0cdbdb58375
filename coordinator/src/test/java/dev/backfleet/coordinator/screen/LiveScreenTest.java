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
        screen.draw(List.of("one", "two"));
        assertThat(sent()).isEqualTo("^[?25l^[?7l\rone^[K\ntwo^[K\n^[J");
        screen.draw(List.of("three"));
        assertThat(sent()).isEqualTo("\r^[2Athree^[K\n^[J");
        screen.draw(List.of("four", "five"));
        assertThat(sent()).isEqualTo("\r^[1Afour^[K\nfive^[K\n^[J");
    }

    @Test
    void closing_gives_the_cursor_back_once() {
        screen.draw(List.of("one"));
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
        screen.draw(List.of("one"));
        screen.append("two");
        sent();
        screen.draw(List.of("three"));
        assertThat(sent()).isEqualTo("\rthree^[K\n^[J");
    }
}
