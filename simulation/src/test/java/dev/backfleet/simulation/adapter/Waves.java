package dev.backfleet.simulation.adapter;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.ShardState;
import dev.backfleet.coordinator.duty.Rollouts;
import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.server.Link;
import dev.backfleet.simulation.server.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The statements that take jobs from wave to wave. */
public final class Waves implements Rollouts.Waves {
    private final Server server;
    private final Link link;

    public Waves(Server server, Link link) {
        this.server = server;
        this.link = link;
    }

    @Override
    public List<Rollouts.Wave> noteDoneIfRunning() {
        return link.await(() -> {
            var noted = new ArrayList<Rollouts.Wave>();
            for (var job : server.jobs) {
                if (job.state == JobState.RUNNING
                        && job.promotion != null
                        && job.waveDoneAt == null
                        && !isOpen(server, job)) {
                    job.waveDoneAt = server.clock();
                    noted.add(new Rollouts.Wave(job.id, job.wave));
                }
            }
            server.committed();
            return noted;
        });
    }

    @Override
    public List<Rollouts.Wave> promoteIfSoaked() {
        return link.await(() -> {
            var begun = new ArrayList<Rollouts.Wave>();
            for (var job : server.jobs) {
                var promotion = job.promotion;
                var since = job.waveDoneAt;
                if (job.state == JobState.RUNNING
                        && promotion != null
                        && promotion.auto()
                        && since != null
                        && since + promotion.soak() <= server.clock()
                        && !hasFailed(job)
                        && begin(server, job)) {
                    begun.add(new Rollouts.Wave(job.id, job.wave));
                }
            }
            return begun;
        });
    }

    /** A promotion by an operator; no effect if the wave is not done. */
    public static void promote(Server server, JobRow job) {
        if (job.promotion != null && !job.over && !isOpen(server, job)) {
            begin(server, job);
        }
    }

    private static boolean hasFailed(JobRow job) {
        return job.shards.stream().anyMatch(shard -> shard.wave <= job.wave && shard.state == ShardState.FAILED);
    }

    private static boolean isOpen(Server server, JobRow job) {
        return job.isWaveOpen() && server.mutant != Mutant.WAVE_BEGUN_EARLY;
    }

    private static boolean begin(Server server, JobRow job) {
        var next = next(job);
        next.ifPresent(wave -> {
            job.wave = wave;
            job.waveDoneAt = null;
            server.tally.waves++;
            server.committed();
        });
        return next.isPresent();
    }

    private static OptionalInt next(JobRow job) {
        return job.shards.stream()
                .mapToInt(shard -> shard.wave)
                .filter(wave -> wave > job.wave)
                .min();
    }
}
