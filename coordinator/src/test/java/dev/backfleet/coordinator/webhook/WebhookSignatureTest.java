package dev.backfleet.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures that any implementation of Standard Webhooks can verify. */
class WebhookSignatureTest {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String BEFORE = "whsec_" + Base64.getEncoder().encodeToString(new byte[64]);
    private static final String BODY = "{\"test\": 2432232314, \"ü\": \"€\"}";

    @Test
    void another_implementation_verifies_each_signature() {
        var header = WebhookSignature.of(
                List.of(WebhookSignature.secret(SECRET), WebhookSignature.secret(BEFORE)), "msg_1", 1614265330, BODY);
        assertThat(Verifier.verifies(SECRET, "msg_1", "1614265330", BODY, header))
                .isTrue();
        assertThat(Verifier.verifies(BEFORE, "msg_1", "1614265330", BODY, header))
                .isTrue();
        assertThat(Verifier.verifies(SECRET, "msg_2", "1614265330", BODY, header))
                .isFalse();
        assertThat(Verifier.verifies(SECRET, "msg_1", "1614265331", BODY, header))
                .isFalse();
        assertThat(Verifier.verifies(SECRET, "msg_1", "1614265330", BODY + " ", header))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "whsec_", "whsec_????", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    void a_text_that_is_no_secret_is_rejected_without_being_quoted(String text) {
        assertThatThrownBy(() -> WebhookSignature.secret(text))
                .hasMessage("write whsec_ and 24 to 64 random bytes in Base64");
    }

    @Test
    void a_line_break_at_the_end_of_a_file_does_not_count() {
        assertThat(WebhookSignature.secret(SECRET + "\n"))
                .isEqualTo(WebhookSignature.secret(SECRET))
                .hasSize(24);
    }
}
