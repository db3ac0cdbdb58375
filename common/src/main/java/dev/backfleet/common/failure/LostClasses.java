package dev.backfleet.common.failure;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A class of the program that cannot be loaded, because its files were replaced while it ran. What this process has loaded before still
 * works, the renewal of a lease and heartbeats too: it would go on for ever, and do only a part of what it is there for.
 */
public final class LostClasses {
    private LostClasses() {}

    /** Ends a process with the reason, and what to do, if a failure is of this kind; other failures are ignored. */
    public static Consumer<Throwable> ending(CompletableFuture<Void> process) {
        return failure -> Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(LinkageError.class::isInstance)
                .findFirst()
                .ifPresent(lost -> process.completeExceptionally(new ExplainedFailure(
                        Kind.UNUSABLE,
                        "a class of the program cannot be loaded any more (" + lost
                                + "), as after its files were replaced while it ran;",
                        "start it again, and replace files only after a stop",
                        lost)));
    }
}
