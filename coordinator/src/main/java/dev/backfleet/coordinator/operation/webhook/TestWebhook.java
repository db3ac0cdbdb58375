package dev.backfleet.coordinator.operation.webhook;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.OptionalLong;

/** Has the leading coordinator send a test to a webhook. One that was turned off is turned on by a success. */
public final class TestWebhook {
    private final Tests tests;

    public TestWebhook(Tests tests) {
        this.tests = tests;
    }

    /**
     * Stores the message; returns its id.
     *
     * @throws OperationRefused INVALID if there is no such webhook
     */
    public long run(Actor actor, String webhook) {
        return tests.add(webhook, actor).orElseThrow(() -> unknown(webhook));
    }

    /** What is thrown for a name that no webhook has. */
    public static OperationRefused unknown(String name) {
        return new OperationRefused(
                Code.INVALID,
                "there is no webhook " + name,
                "'backfleet webhooks' lists those that the leading coordinator has read from BACKFLEET_WEBHOOKS_FILE");
    }

    /** The stored messages. */
    @FunctionalInterface
    public interface Tests {
        /** Adds a test, with the audit; nothing if there is no such webhook. */
        OptionalLong add(String webhook, Actor actor);
    }
}
