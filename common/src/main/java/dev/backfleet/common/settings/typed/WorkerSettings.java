package dev.backfleet.common.settings.typed;

import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import java.time.Duration;

/**
 * The settings of a worker.
 *
 * @param id the worker's id, unique per worker
 * @param slots how many shards it works on at once
 * @param slice time slice: how long it works on a shard before yielding it
 * @param shardLease how long a claim lasts without being renewed
 * @param controlTimeout how long the control topic may be unreachable before it stops changing rows
 * @param heartbeatTimeout how long the leading coordinator's heartbeat may be missing before it stops changing rows
 * @param drain how long a clean stop may take
 */
public record WorkerSettings(
        String id,
        int slots,
        Duration slice,
        Duration shardLease,
        Duration controlTimeout,
        Duration heartbeatTimeout,
        Duration drain) {

    /**
     * What the settings say.
     *
     * @param fallbackId the id if none is set, see {@link ProcessName}
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
