package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import java.time.Duration;

/**
 * How a worker works.
 *
 * @param id its name, different for each worker
 * @param slots how many shards it works on at once
 * @param slice the time after which it yields a shard
 * @param shardLease how long a claim lasts without a sign of life
 * @param controlSilence how long the control topic may be out of reach before it stops by itself
 * @param coordinatorSilence how long the leading coordinator may give no sign of life before it stops by itself
 * @param drain how long its clean stop may take
 */
public record WorkerSettings(
        String id,
        int slots,
        Duration slice,
        Duration shardLease,
        Duration controlSilence,
        Duration coordinatorSilence,
        Duration drain) {

    /**
     * What the settings say.
     *
     * @param fallbackId the name of a worker that was given none, see {@link ProcessName}
     */
    public static WorkerSettings from(Settings settings, String fallbackId) {
        return new WorkerSettings(
                settings.find(SettingCatalogue.WORKER_ID).orElse(fallbackId),
                settings.get(SettingCatalogue.WORKER_SLOTS),
                settings.get(SettingCatalogue.WORKER_SLICE),
                settings.get(SettingCatalogue.SHARD_LEASE),
                settings.get(SettingCatalogue.CONTROL_SILENCE),
                settings.get(SettingCatalogue.COORDINATOR_SILENCE),
                settings.get(SettingCatalogue.WORKER_DRAIN));
    }
}
