package dev.backfleet.common.management;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.SettingCatalogue;
import java.io.IOException;

/** The address that was set for health and metrics cannot be used. */
public final class PortTakenException extends ExplainedFailure {
    private static final long serialVersionUID = 1L;

    PortTakenException(ListenAddress address, IOException cause) {
        super(
                Kind.UNUSABLE,
                "cannot listen on " + address + " for health and metrics (" + cause.getMessage() + ");",
                "set " + SettingCatalogue.MANAGEMENT_LISTEN.name()
                        + " to an address of this machine with a free port, or to none",
                cause);
    }
}
