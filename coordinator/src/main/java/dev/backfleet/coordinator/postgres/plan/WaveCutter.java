package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.Rollout.Wave;
import dev.backfleet.coordinator.duty.WaveShares;
import dev.backfleet.coordinator.postgres.control.TenantShards;
import dev.backfleet.coordinator.postgres.job.RolloutStore;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Assigns the shards of a job that has just been planned to the waves of its rollout. */
final class WaveCutter {
    private final Handle handle;
    private final long job;
    private final JobDefinition definition;

    WaveCutter(Handle handle, long job, JobDefinition definition) {
        this.handle = handle;
        this.job = job;
        this.definition = definition;
    }

    /** The largest share of the table that a shard may have, so that the smallest wave of a rollout is at least a shard. */
    static double largestShard(Rollout rollout) {
        var smallest = Integer.MAX_VALUE;
        var before = 0;
        for (var wave : rollout.waves()) {
            if (wave.percent() > 0) {
                smallest = Math.min(smallest, wave.percent() - before);
                before = wave.percent();
            }
        }
        return smallest / 100.0;
    }

    /** Isolates the tenants that waves name, and distributes the other shards by percent. */
    void cut(Rollout rollout) {
        var store = new RolloutStore(handle);
        var taken = new ArrayList<Integer>();
        var percents = new ArrayList<Integer>();
        var places = new ArrayList<Integer>();
        for (var i = 0; i < rollout.waves().size(); i++) {
            var wave = rollout.waves().get(i);
            if (wave.percent() > 0) {
                percents.add(wave.percent());
                places.add(i + 1);
            } else {
                taken.addAll(isolate(wave, i + 1));
            }
        }
        var groups = store.groups(job, definition, taken);
        var shares = WaveShares.of(groups.stream().map(List::size).toList(), percents);
        for (var place = 0; place < places.size(); place++) {
            var numbers = new ArrayList<Integer>();
            for (var i = 0; i < groups.size(); i++) {
                if (shares.get(i) == place) {
                    numbers.addAll(groups.get(i));
                }
            }
            store.put(job, numbers, places.get(place));
        }
        store.start(job);
    }

    private List<Integer> isolate(Wave wave, int number) {
        var shards = new TenantShards(handle, job, definition);
        return wave.tenants().stream()
                .flatMap(tenant -> shards.putIntoWave(tenant, number).stream())
                .toList();
    }
}
