package dev.backfleet.coordinator.lead;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A class of the program that cannot be loaded, because its files were replaced while it ran. What this process has loaded before still
 * works, the renewal of its lease too: it would lead for ever, and do only a part of what a leader does.
 */
public final class LostClasses {
    private LostClasses() {}

    /** Ends a process with the reason, and what to do. */
    public static Consumer<LinkageError> ending(CompletableFuture<Void> process) {
        return lost -> process.completeExceptionally(new ExplainedFailure(
                Kind.UNUSABLE,
                "a class of the program cannot be loaded any more (" + lost
                        + "), as after its files were replaced while it ran;",
                "start it again, and replace files only after a stop",
                lost));
    }
}
