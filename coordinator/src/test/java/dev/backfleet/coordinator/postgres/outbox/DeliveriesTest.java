package dev.backfleet.coordinator.postgres.outbox;

import static dev.backfleet.coordinator.operation.Bench.ANN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.notify.CloudEvent;
import dev.backfleet.coordinator.notify.EventComposer;
import dev.backfleet.coordinator.notify.Notifier;
import dev.backfleet.coordinator.operation.Bench;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.webhook.ResendMessages;
import dev.backfleet.coordinator.operation.webhook.TestWebhook;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.reconcile.PostgresVerdicts;
import dev.backfleet.coordinator.query.ListJobs;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.query.webhook.ListWebhooks;
import dev.backfleet.coordinator.webhook.Delivery;
import dev.backfleet.coordinator.webhook.Webhook;
import dev.backfleet.coordinator.webhook.WebhookFormat;
import dev.backfleet.coordinator.webhook.WebhookSender.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages to webhooks, as they are stored. */
@Tag("server")
class DeliveriesTest {
    private static final long EPOCH = 5;
    private static final Outcome OK = new Outcome(true, "it answered 204");
    private static final Outcome BROKEN = new Outcome(false, "it answered 500");

    private final Bench bench = new Bench();
    private final PostgresDeliveries deliveries = new PostgresDeliveries(bench.database());
    private final PostgresWebhooks webhooks = new PostgresWebhooks(bench.database());
    private final Notifier notifier = new Notifier(
            new PostgresOutbox(bench.database()),
            new EventComposer(new PostgresQueries(bench.database()), new PostgresVerdicts(bench.database())),
            event -> List.of("hook"),
            event -> {},
            completed -> {});

    @BeforeEach
    void aJob() {
        bench.rows.execute(
                "update backfleet.leader set coordinator = 'c', epoch = 5, lease_until = now() + interval '1 hour'");
        bench.job("");
        notifier.complete(EPOCH); // no webhook is known yet
        assertThat(deliveries.know(EPOCH, List.of(hook()), Optional.empty())).isTrue();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Webhook hook() {
        var all = List.of("*");
        return new Webhook(
                "hook",
                URI.create("https://hooks.example/hunter2"),
                List.of(),
                all,
                all,
                all,
                WebhookFormat.CLOUDEVENTS);
    }

    private void happens(String change) {
        bench.rows.execute("update backfleet.job set " + change);
        notifier.complete(EPOCH);
    }

    private List<Delivery> due() {
        return deliveries.due("hook", 20);
    }

    private List<String> types() {
        return due().stream()
                .map(Delivery::event)
                .map(CloudEvent::type)
                .map(type -> type.text())
                .toList();
    }

    private void ends(Outcome outcome, Optional<Duration> retry) {
        var delivery = due().get(0).id();
        assertThat(deliveries.begin(EPOCH, delivery)).isPresent();
        assertThat(deliveries.begin(EPOCH, delivery)).isEmpty();
        deliveries.ended("hook", delivery, outcome, retry);
    }

    private void later(String time) {
        bench.rows.execute("update backfleet.webhook_delivery set not_before = not_before - interval '" + time
                + "', attempted_at = attempted_at - interval '" + time + "'");
    }

    private Notifications.Webhook fares() {
        return new PostgresQueries(bench.database())
                .fleet()
                .notifications()
                .webhooks()
                .get(0);
    }

    @Test
    void the_messages_of_a_job_keep_their_order_whatever_becomes_of_each() {
        happens("state = 'PAUSED'");
        happens("state = 'RUNNING'");
        bench.rows.pauseFleet("bea", "incident");
        notifier.complete(EPOCH);
        // The fleet is not the job.
        assertThat(types()).containsExactly("job.paused", "fleet.paused");
        ends(BROKEN, Optional.of(Duration.ofMinutes(5)));
        assertThat(types()).containsExactly("fleet.paused");
        later("6 minutes");
        assertThat(types()).containsExactly("job.paused", "fleet.paused");
        ends(BROKEN, Optional.empty());
        assertThat(types()).containsExactly("job.resumed", "fleet.paused");
        ends(OK, Optional.empty());
        assertThat(types()).containsExactly("fleet.paused");
    }

    @Test
    void an_attempt_of_a_coordinator_that_was_killed_is_made_again() {
        happens("state = 'PAUSED'");
        assertThat(deliveries.begin(EPOCH - 1, due().get(0).id())).isEmpty();
        assertThat(deliveries.begin(EPOCH, due().get(0).id())).isPresent();
        assertThat(due()).isEmpty();
        later("31 seconds");
        assertThat(types()).containsExactly("job.paused");
    }

    @Test
    void a_flapping_throttle_is_one_message_in_fifteen_minutes_with_a_count() {
        happens("factor = 0.5");
        assertThat(types()).containsExactly("job.held");
        ends(OK, Optional.empty());
        for (var i = 0; i < 3; i++) {
            happens("factor = 1");
            happens("factor = 0.5");
        }
        happens("factor = 1");
        // It delays no other message.
        happens("state = 'PAUSED'");
        assertThat(types()).containsExactly("job.paused");
        later("16 minutes");
        assertThat(types()).containsExactly("job.released", "job.paused");
        assertThat(due().get(0).events()).isEqualTo(7);
        bench.quarantine(7);
        notifier.complete(EPOCH);
        assertThat(types()).containsExactly("job.released", "job.paused", "job.quarantined");
    }

    @Test
    void a_webhook_without_a_success_for_five_days_is_off_until_a_test_succeeds() {
        happens("state = 'PAUSED'");
        happens("state = 'RUNNING'");
        ends(BROKEN, Optional.of(Duration.ofSeconds(5)));
        assertThat(fares().failure()).isEqualTo("it answered 500");
        assertThat(fares().off()).isFalse();
        assertThat(fares().waiting()).isEqualTo(2);
        bench.rows.execute("update backfleet.webhook set failing_since = now() - interval '6 days'");
        later("6 seconds");
        ends(BROKEN, Optional.of(Duration.ofSeconds(5)));
        assertThat(fares().off()).isTrue();
        happens("state = 'PAUSED'");
        assertThat(due()).isEmpty();
        assertThat(webhooks.messages("hook", 10))
                .extracting(message -> message.type() + " " + message.state() + " " + message.outcome())
                .containsExactly(
                        "job.paused failed the webhook is off",
                        "job.resumed failed the webhook is off",
                        "job.paused failed the webhook is off");
        var resend = new ResendMessages(webhooks);
        assertThatThrownBy(() -> resend.run(ANN, "hook", OptionalLong.empty()))
                .isInstanceOf(OperationRefused.class)
                .hasMessageContaining("is turned off");
        var test = new TestWebhook(webhooks).run(ANN, "hook");
        assertThat(due()).singleElement().matches(Delivery::isTest);
        ends(OK, Optional.empty());
        assertThat(webhooks.message(test)).map(message -> message.state()).contains("delivered");
        assertThat(fares().off()).isFalse();
        assertThat(resend.run(ANN, "hook", OptionalLong.empty())).isEqualTo(3);
        assertThat(types()).containsExactly("job.paused");
        assertThat(bench.audit()).contains("ann - webhook test > hook", "ann - webhook resend > hook: 3 messages");
    }

    @Test
    void days_without_a_message_are_no_days_of_failures() {
        happens("state = 'PAUSED'");
        ends(BROKEN, Optional.empty());
        bench.rows.execute("update backfleet.webhook set failing_since = now() - interval '6 days'");
        later("6 days");
        happens("state = 'RUNNING'");
        ends(BROKEN, Optional.of(Duration.ofSeconds(5)));
        assertThat(fares().off()).isFalse();
        bench.rows.execute("update backfleet.webhook set failing_since = now() - interval '6 days'");
        later("6 seconds");
        ends(BROKEN, Optional.of(Duration.ofSeconds(5)));
        assertThat(fares().off()).as("the same message, again and again").isTrue();
    }

    @Test
    void a_test_that_fails_says_nothing_of_messages() {
        new TestWebhook(webhooks).run(ANN, "hook");
        ends(BROKEN, Optional.empty());
        assertThat(new ListWebhooks(webhooks).run().get(0).state()).isEqualTo("ok");
    }

    @Test
    void a_message_that_was_delivered_can_be_sent_again_by_its_id() {
        happens("state = 'PAUSED'");
        var id = due().get(0).id();
        ends(OK, Optional.empty());
        var resend = new ResendMessages(webhooks);
        assertThat(resend.run(ANN, "hook", OptionalLong.empty())).isZero();
        assertThat(resend.run(ANN, "hook", OptionalLong.of(id))).isOne();
        assertThat(due()).extracting(Delivery::id).containsExactly(id);
        assertThatThrownBy(() -> resend.run(ANN, "hook", OptionalLong.of(id + 1)))
                .hasMessageContaining("has no message " + (id + 1));
        assertThatThrownBy(() -> new TestWebhook(webhooks).run(ANN, "none"))
                .hasMessageContaining("there is no webhook none");
    }

    @Test
    void a_webhook_that_the_file_no_longer_has_gets_nothing() {
        happens("state = 'PAUSED'");
        assertThat(deliveries.know(EPOCH - 1, List.of(), Optional.empty())).isFalse();
        assertThat(due()).hasSize(1);
        deliveries.know(EPOCH, List.of(), Optional.empty());
        assertThat(due()).isEmpty();
        var report = new ListWebhooks(webhooks).run("hook", 10);
        assertThat(report.state()).isEqualTo("gone");
        assertThat(report.place()).isEqualTo("https://hooks.example");
        assertThat(report.deliveries().get(0).outcome()).isEqualTo("the file of webhooks no longer has it");
        deliveries.know(EPOCH, List.of(hook()), Optional.empty());
        assertThat(new ListWebhooks(webhooks).run().get(0).state()).isEqualTo("ok");
    }

    @Test
    void a_mistake_in_the_file_is_stored_by_the_leader_until_the_file_is_right() {
        var why = "hooks.yaml:3: url is missing";
        deliveries.know(EPOCH - 1, List.of(hook()), Optional.of(why));
        assertThat(rejected()).as("it does not lead").isNull();
        deliveries.know(EPOCH, List.of(hook()), Optional.of(why));
        var first = rejected();
        assertThat(first).isNotNull();
        assertThat(first.why()).isEqualTo(why);
        deliveries.know(EPOCH, List.of(hook()), Optional.of(why));
        assertThat(rejected()).isEqualTo(first);
        deliveries.know(EPOCH, List.of(hook()), Optional.empty());
        assertThat(rejected()).isNull();
    }

    private Notifications.@Nullable Rejected rejected() {
        return new ListJobs(new PostgresQueries(bench.database()))
                .run(false)
                .fleet()
                .notifications()
                .rejected();
    }
}
