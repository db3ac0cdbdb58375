package dev.backfleet.coordinator.cli.submit;

import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.QueryUser;
import dev.backfleet.common.spec.parse.ParsedSpec;

/** Whether queries of a spec run with the rights of the coordinator, as far as the settings of this command tell. */
final class SpecQueryRights {
    static final String WARNING =
            "warning: throttle.sql and throttle.probe run as the coordinator's role, and may read what it may, unless"
                    + " coordinators have BACKFLEET_THROTTLE_DATABASE_USER ('backfleet grants SPEC --throttle ROLE' prints its rights)";

    private SpecQueryRights() {}

    static boolean atRisk(ParsedSpec parsed, Settings settings) {
        var throttle = parsed.spec().throttle();
        return (!throttle.sql().isEmpty() || throttle.probe() != null)
                && QueryUser.from(settings).isEmpty();
    }
}
