package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.SettingsException;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a coordinator.
 *
 * @param id the coordinator's id, unique per coordinator
 * @param lease how long it leads without renewing the lease
 * @param tick the pause between two rounds of its duties
 * @param redispatchAfter how long a published task may stay unclaimed
 * @param throttle the thresholds of each signal, unless a spec overrides them
 * @param httpHosts hosts that a job's HTTP signals may name; empty: all but those with link-local or metadata addresses
 * @param queryUser as whom queries of specs run; nothing: as the coordinator
 * @param webhooks the file of webhooks; nothing: there are none
 */
public record CoordinatorSettings(
        String id,
        Duration lease,
        Duration tick,
        Duration redispatchAfter,
        Map<Signal, Thresholds> throttle,
        Set<String> httpHosts,
        Optional<QueryUser> queryUser,
        Optional<Path> webhooks) {

    public CoordinatorSettings {
        httpHosts = Set.copyOf(httpHosts);
        throttle = Map.copyOf(throttle);
    }

    /**
     * What the settings say.
     *
     * @param fallbackId the id if none is set, see {@link ProcessName}
     */
    public static CoordinatorSettings from(Settings settings, String fallbackId) {
        var lease = settings.get(SettingCatalogue.COORDINATOR_LEASE);
        var tick = settings.get(SettingCatalogue.COORDINATOR_TICK);
        if (tick.multipliedBy(3).compareTo(lease) > 0) {
            throw new SettingsException("BACKFLEET_COORDINATOR_TICK must be at most a third of"
                    + " BACKFLEET_COORDINATOR_LEASE, or the lead is lost between two rounds: shorten the tick or"
                    + " lengthen the lease");
        }
        return new CoordinatorSettings(
                settings.find(SettingCatalogue.COORDINATOR_ID).orElse(fallbackId),
                lease,
                tick,
                settings.get(SettingCatalogue.REDISPATCH_AFTER),
                throttle(settings),
                settings.find(SettingCatalogue.THROTTLE_HTTP_HOSTS).orElse(Set.of()),
                QueryUser.from(settings),
                settings.find(SettingCatalogue.WEBHOOKS_FILE));
    }

    private static Map<Signal, Thresholds> throttle(Settings settings) {
        var thresholds = new EnumMap<Signal, Thresholds>(Signal.class);
        SettingCatalogue.THROTTLE.forEach((signal, setting) -> thresholds.put(signal, settings.get(setting)));
        return thresholds;
    }
}
