package dev.backfleet.coordinator.serve;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.settings.HttpCatalogue;
import dev.backfleet.common.settings.ListenAddress;

/** The address that was set for the API cannot be used. */
final class CannotListen extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    CannotListen(ListenAddress address, Exception cause) {
        super(
                Kind.UNUSABLE,
                "cannot listen on " + address + " for the API;",
                "set " + HttpCatalogue.HTTP_LISTEN.name()
                        + " to an address of this machine with a free port, or to none",
                cause);
    }
}
