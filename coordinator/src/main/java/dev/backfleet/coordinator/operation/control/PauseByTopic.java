package dev.backfleet.coordinator.operation.control;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.ControlSubject;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pauses on the control topic alone, when the database does not answer or refuses the command: workers that read the record
 * stop between two batches. Nothing is proven and nothing is stored; the coordinator stores the record when it can.
 */
public final class PauseByTopic {
    private static final Pattern ID = Pattern.compile("[1-9][0-9]{0,17}");

    private final ControlChannel channel;

    public PauseByTopic(ControlChannel channel) {
        this.channel = channel;
    }

    /**
     * Publishes the pause; never throws.
     *
     * @param target the fleet, or a job by its id: the database is needed to find a job by its name
     * @return what came of it, as one sentence for the operator
     */
    public String run(Actor actor, ControlSubject target, @Nullable String reason) {
        var scope = scope(target);
        if (scope.isEmpty()) {
            return "NOT paused: without the database a job is known by its id only; 'backfleet pause ID', or 'backfleet pause'"
                    + " for the whole fleet, is published on the control topic";
        }
        try {
            channel.publish(scope.get(), new ControlRecord(DesiredState.PAUSE, reason, actor.words()));
        } catch (RuntimeException e) {
            return words("pause", "paused", target, Optional.of(String.valueOf(e.getMessage())));
        }
        return words("pause", "paused", target, Optional.empty());
    }

    /**
     * What a stop has come to that the database does not confirm.
     *
     * @param stop the stop as a noun, which is the command's name too
     * @param done its participle
     * @param unpublished why it could not be published; nothing if it was
     */
    static String words(String stop, String done, ControlSubject target, Optional<String> unpublished) {
        return unpublished
                .map(why -> "NOT " + done + ": the control topic could not be written either (" + why + ")")
                .orElseGet(() -> "the " + stop + " of " + target.words()
                        + " is published on the control topic, and workers that read it stop; it is NOT confirmed that no"
                        + " more rows change: " + stop + " again when the database can be used");
    }

    private static Optional<Scope> scope(ControlSubject target) {
        var job = target.job();
        if (job == null) {
            return Optional.of(Scope.FLEET);
        }
        if (!ID.matcher(job).matches()) {
            return Optional.empty();
        }
        var tenant = target.tenant();
        return Optional.of(tenant == null ? Scope.job(Long.parseLong(job)) : Scope.tenant(Long.parseLong(job), tenant));
    }
}
