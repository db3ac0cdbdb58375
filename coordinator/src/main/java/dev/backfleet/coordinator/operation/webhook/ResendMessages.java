package dev.backfleet.coordinator.operation.webhook;

import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.util.Optional;
import java.util.OptionalLong;

/** Has messages sent again that were not delivered, or one that was. */
public final class ResendMessages {
    private final Messages messages;

    public ResendMessages(Messages messages) {
        this.messages = messages;
    }

    /**
     * Sends again.
     *
     * @param message one message; nothing: all that are not sent again by themselves
     * @return how many
     * @throws OperationRefused INVALID if there is no such webhook, or no such message of it; CONFLICT if the webhook is off
     */
    public int run(Actor actor, String webhook, OptionalLong message) {
        var off = messages.isOff(webhook).orElseThrow(() -> TestWebhook.unknown(webhook));
        if (off) {
            throw new OperationRefused(
                    Code.CONFLICT,
                    "webhook " + webhook + " is turned off",
                    "fix the endpoint, then 'backfleet webhooks " + webhook + " --test' turns it on");
        }
        var sent = messages.resend(webhook, message, actor);
        if (sent == 0 && message.isPresent()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "webhook " + webhook + " has no message " + message.getAsLong() + " that can be sent again",
                    "'backfleet webhooks " + webhook + "' lists its messages; they are kept for 30 days");
        }
        return sent;
    }

    /** The stored messages. */
    public interface Messages {
        /** Whether a webhook is turned off; nothing if there is no such webhook. */
        Optional<Boolean> isOff(String webhook);

        /** Makes messages due again, with the audit; returns how many. */
        int resend(String webhook, OptionalLong message, Actor actor);
    }
}
