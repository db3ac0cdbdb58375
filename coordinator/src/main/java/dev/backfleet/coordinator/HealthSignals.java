package dev.backfleet.coordinator;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.timeline.Timelines;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.postgres.throttle.PostgresHealth;
import dev.backfleet.coordinator.throttle.HttpSignals;
import dev.backfleet.coordinator.throttle.SignalSource;

/** A reader of all signals, in a session of its own, for one thread. */
final class HealthSignals implements AutoCloseable {
    private final PostgresHealth health;
    private final SignalSource source;

    /** Opens the session when it is needed, under a name that begins with {@code backfleet-health/}. */
    HealthSignals(
            String name, CoordinatorSettings settings, DatabaseSettings where, Ticker ticker, Timelines timelines) {
        this.health =
                PostgresHealth.open(where, settings.queryUser().map(user -> user.on(where)), name, ticker, timelines);
        this.source = new SteadySignals(new HttpSignals(
                health, new AddressRule(settings.httpHosts(), SettingCatalogue.THROTTLE_HTTP_HOSTS.name())));
    }

    SignalSource source() {
        return source;
    }

    /** Closes the session: the next statement uses a new connection. Call this after an outage. */
    void abort() {
        health.abort();
    }

    @Override
    public void close() {
        health.close();
    }
}
