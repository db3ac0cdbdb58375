package dev.backfleet.coordinator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of webhooks: what may be written, and what is said of what is wrong. */
class WebhooksFileTest {
    private static final String GOOD = """
            webhooks:
              - name: deploys
                url: https://hooks.example/in?token=hunter2
                secrets: [new.secret, old.secret]
                types: [job.*, reconcile.drift]
                jobs: ["split-*"]
                tables: [billing.invoices]
              - name: chat
                url: https://chat.example:8443/services/hunter2
                format: slack
            """;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void secrets() throws IOException {
        file = directory.resolve("webhooks.yaml");
        Files.writeString(directory.resolve("new.secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n");
        Files.writeString(directory.resolve("old.secret"), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Files.writeString(directory.resolve("bad.secret"), "hunter2");
    }

    private List<Webhook> read(String text) throws IOException {
        Files.writeString(file, text);
        return WebhooksFile.read(file);
    }

    @Test
    void a_file_is_read() throws IOException {
        var all = List.of("*");
        assertThat(read(GOOD))
                .containsExactly(
                        new Webhook(
                                "deploys",
                                URI.create("https://hooks.example/in?token=hunter2"),
                                List.of(directory.resolve("new.secret"), directory.resolve("old.secret")),
                                List.of("job.*", "reconcile.drift"),
                                List.of("split-*"),
                                List.of("billing.invoices"),
                                WebhookFormat.CLOUDEVENTS),
                        new Webhook(
                                "chat",
                                URI.create("https://chat.example:8443/services/hunter2"),
                                List.of(),
                                all,
                                all,
                                all,
                                WebhookFormat.SLACK));
        assertThat(read(GOOD))
                .extracting(Webhook::place)
                .containsExactly("https://hooks.example", "https://chat.example:8443");
        assertThat(read("webhooks: []")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: deploys | nam: deploys | 2: the key nam is not known",
                "name: deploys | name: a b | 2: the name may have",
                "name: deploys | name: chat | 8: the name chat is used twice",
                "https://hooks.example/in?token=hunter2 | ftp://hunter2 | 3: url is not an http or https address",
                "https://hooks.example | https://u:hunter2@hooks.example | 3: url must not have a user",
                "https://hooks.example | https://[hunter2 | 3: url is not an address",
                "[new.secret, old.secret] | [bad.secret] | 4: the file",
                "[new.secret, old.secret] | [none.secret] | 4: the file of a secret cannot be read",
                "[new.secret, old.secret] | [new.secret, old.secret, new.secret] | 4: secrets names two files at most",
                "secrets: [new.secret, old.secret] | format: cloudevents | 2: webhook deploys needs secrets",
                "format: slack | secrets: [new.secret]\\n    format: slack | 10: a message to Slack is not signed",
                "format: slack | format: teams | 10: format is cloudevents or slack",
                "job.* | job.exploded | 5: there is no type job.exploded",
                "types: [job.*, reconcile.drift] | types: [] | 5: the list types is empty",
                "types: [job.*, reconcile.drift] | types: {a: b} | 5: types has no plain value",
                "name: deploys | name: [a] | 2: name is one value",
                "webhooks: | hooks: | 1: the only key here is webhooks",
                "- name: deploys | - deploys | 2: a webhook is a group of keys",
                "tables: [billing.invoices] | tables: [billing.invoices | this is not YAML"
            })
    void what_is_wrong_is_said_with_its_line_and_without_secrets(String good, String bad, String message) {
        var text = GOOD.replace(good, bad.replace("\\n", "\n"));
        assertThat(text).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(file + ":")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void a_new_file_that_is_wrong_keeps_the_webhooks_of_the_one_before() throws IOException {
        Files.writeString(file, GOOD);
        var rejected = new AtomicInteger();
        var webhooks = Webhooks.of(Optional.of(file), rejected::incrementAndGet);
        change("webhooks: hunter2", 1);
        webhooks.refresh();
        webhooks.refresh();
        assertThat(webhooks.all()).hasSize(2);
        assertThat(rejected).hasValue(1);
        assertThat(webhooks.rejection())
                .hasValueSatisfying(why -> assertThat(why).contains("webhooks.yaml:1: "));
        Files.delete(file);
        webhooks.refresh();
        assertThat(webhooks.all()).hasSize(2);
        assertThat(rejected).hasValue(2);
        change("webhooks: []", 2);
        webhooks.refresh();
        assertThat(webhooks.all()).isEmpty();
        assertThat(webhooks.rejection()).isEmpty();
        assertThat(rejected).hasValue(2);
    }

    private void change(String text, int hours) throws IOException {
        Files.writeString(file, text);
        Files.setLastModifiedTime(
                file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(3600L * hours)));
    }

    @Test
    void a_webhook_gets_what_its_patterns_name() throws IOException {
        var deploys = read(GOOD).get(0);
        assertThat(deploys.wants(event(EventType.JOB_HALTED, "split-names", "billing.invoices")))
                .isTrue();
        assertThat(deploys.wants(event(EventType.JOB_HALTED, "other", "billing.invoices")))
                .isFalse();
        assertThat(deploys.wants(event(EventType.JOB_HALTED, "split-names", "billing.lines")))
                .isFalse();
        assertThat(deploys.wants(event(EventType.RECONCILE_DRIFT, "split-names", "billing.invoices")))
                .isTrue();
        assertThat(deploys.wants(event(EventType.RECONCILE_SAFE, "split-names", "billing.invoices")))
                .isFalse();
        assertThat(read(GOOD).get(1).wants(new CloudEvent("1", EventType.FLEET_PAUSED, Instant.EPOCH, null, "{}")))
                .isTrue();
    }

    private static CloudEvent event(EventType type, String job, String table) {
        var data = "{\"job\":{\"id\":7,\"name\":\"" + job + "\",\"table\":\"" + table + "\"}}";
        return new CloudEvent("1", type, Instant.EPOCH, 7L, data);
    }
}
