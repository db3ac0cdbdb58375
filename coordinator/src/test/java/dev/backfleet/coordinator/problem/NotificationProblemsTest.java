package dev.backfleet.coordinator.problem;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.query.FleetStatus;
import dev.backfleet.coordinator.query.Notifications;
import dev.backfleet.coordinator.screen.Screens;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** That notifications wait is said: for what, since when, and whether they go on by themselves. */
class NotificationProblemsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T20:00:00Z");

    private static List<Problem> of(@Nullable String leader, Notifications told) {
        return FleetProblems.of(new FleetStatus(NOW, leader, false, false, null, null, null, List.of(), null, told));
    }

    private static Notifications webhook(boolean off) {
        return webhook(off, 1);
    }

    private static Notifications webhook(boolean off, long waiting) {
        var failing = new Notifications.Webhook("deploys", NOW.minusSeconds(600), "it answered 500", off, waiting);
        return new Notifications(0, null, waiting, List.of(failing), null);
    }

    @Test
    void events_that_kafka_does_not_take_are_told_after_ten_seconds_and_go_on_by_themselves() {
        assertThat(of("c", new Notifications(3, NOW.minusSeconds(9), 0, List.of(), null)))
                .isEmpty();
        assertThat(of("c", new Notifications(3, NOW.minusSeconds(60), 0, List.of(), null)))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo(ProblemCode.EVENTS_WAIT);
                    assertThat(problem.message())
                            .isEqualTo("3 events wait for the lifecycle topic since 2026-11-30 19:59:00 UTC");
                    assertThat(problem.goesOnByItself()).isTrue();
                });
        // That there is no leader is a problem of its own.
        assertThat(of(null, new Notifications(3, NOW.minusSeconds(60), 0, List.of(), null)))
                .isEmpty();
    }

    @Test
    void a_webhook_that_fails_goes_on_by_itself_until_it_is_off() {
        assertThat(of("c", webhook(false))).singleElement().satisfies(problem -> {
            assertThat(problem.message())
                    .isEqualTo("webhook deploys fails since 2026-11-30 19:50:00 UTC, it answered 500; 1 message waits");
            assertThat(problem.goesOnByItself()).isTrue();
        });
        assertThat(of("c", webhook(false, 0))).singleElement().satisfies(problem -> {
            assertThat(problem.message()).endsWith("it answered 500; what failed was given up");
            assertThat(problem.remedy()).contains("--resend failed");
            assertThat(problem.goesOnByItself()).isFalse();
        });
        assertThat(of("c", webhook(true))).singleElement().satisfies(problem -> {
            assertThat(problem.message()).endsWith("it answered 500: it is turned off");
            assertThat(problem.goesOnByItself()).isFalse();
        });
    }

    @Test
    void a_file_of_webhooks_with_a_mistake_is_told_with_its_line_until_it_is_right() {
        var why = "hooks.yaml:3: url is missing";
        var told = new Notifications(0, null, 0, List.of(), new Notifications.Rejected(NOW.minusSeconds(60), why));
        assertThat(of("c", told)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo(ProblemCode.WEBHOOKS_REJECTED);
            assertThat(problem.message())
                    .isEqualTo("the file of webhooks was changed, and is not in effect since 2026-11-30 19:59:00 UTC: "
                            + why);
        });
        assertThat(of(null, told)).as("whoever leads next reads the file anew").isEmpty();
    }

    @Test
    void that_others_are_not_told_comes_after_what_keeps_workers_from_work() {
        var fleet = new FleetStatus(NOW, "c", false, false, null, null, null, List.of(), null, webhook(false));
        assertThat(FleetProblems.of(fleet, WorkerProblems.of(fleet, List.of())))
                .extracting(Problem::code)
                .containsExactly(ProblemCode.NO_WORKER, ProblemCode.WEBHOOK_FAILS);
    }

    @Test
    void a_worker_is_not_told_of_webhooks() {
        var paused = new FleetStatus(NOW, "c", false, true, "ann", null, NOW, List.of(), null, webhook(false));
        var worker = new Screens().workers(1).snapshot().workers().get(0);
        assertThat(WorkerProblems.ofOne(paused, worker))
                .extracting(Problem::code)
                .containsExactly(ProblemCode.FLEET_PAUSED);
    }
}
