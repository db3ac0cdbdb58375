package dev.backfleet.coordinator.access;

import org.jspecify.annotations.Nullable;

/** Finds out who sends a request. */
@FunctionalInterface
public interface Access {
    /**
     * The client of a request.
     *
     * @throws AccessDenied if the request is not answered at all
     */
    Caller identify(Credentials credentials);

    /**
     * What a request says of its client.
     *
     * @param host the header {@code Host}; null: none
     * @param authorization the header {@code Authorization}; null: none
     */
    record Credentials(@Nullable String host, @Nullable String authorization) {}
}
