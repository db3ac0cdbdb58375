package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;

/**
 * Where a process publishes its health and its metrics.
 *
 * @param address where it listens
 * @param chosen whether somebody has set it; a port that was not is replaced by a free one if it is taken
 */
public record ManagementSettings(ListenAddress address, boolean chosen) {
    /** Where a coordinator listens unless it is set. */
    public static final ListenAddress COORDINATOR = new ListenAddress("127.0.0.1", 9480);

    /** Where a worker listens unless it is set. */
    public static final ListenAddress WORKER = new ListenAddress("127.0.0.1", 9481);

    /**
     * What the settings say.
     *
     * @param otherwise the address if none is set
     */
    public static ManagementSettings from(Settings settings, ListenAddress otherwise) {
        return settings.find(SettingCatalogue.MANAGEMENT_LISTEN)
                .map(address -> new ManagementSettings(address, true))
                .orElseGet(() -> new ManagementSettings(otherwise, false));
    }
}
