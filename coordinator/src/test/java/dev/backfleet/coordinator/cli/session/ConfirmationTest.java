package dev.backfleet.coordinator.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers go on. */
class ConfirmationTest {
    private final StringWriter err = new StringWriter();

    private void ask(String answers) {
        Confirmation.ask(
                new BufferedReader(new StringReader(answers)), new PrintWriter(err), "pause the whole fleet on db/app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"y\n", "YES\n", " yes \n", "y"})
    void yes_goes_on(String answer) {
        ask(answer);
        assertThat(err.toString()).isEqualTo("backfleet: pause the whole fleet on db/app? [y/N] ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "n\n", "yep\n", "j\ny\n"})
    void everything_else_does_nothing_and_is_asked_once(String answer) {
        assertThatThrownBy(() -> ask(answer)).isInstanceOfSatisfying(CommandException.class, refused -> {
            assertThat(refused.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
            assertThat(refused).hasMessage("nothing was done; --yes skips the question");
        });
        assertThat(err.toString()).containsOnlyOnce("[y/N]");
    }
}
