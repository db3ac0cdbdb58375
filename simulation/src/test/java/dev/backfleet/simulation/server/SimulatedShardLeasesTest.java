package dev.backfleet.simulation.server;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.worker.execute.ShardFixture;
import dev.backfleet.worker.execute.ShardLeasesContract;

/** The simulated server keeps the contract of {@link dev.backfleet.worker.execute.ShardLeases}. */
class SimulatedShardLeasesTest extends ShardLeasesContract {
    private final ShardFixture shards = new SimulatedShards(Mutant.NONE);

    @Override
    protected ShardFixture fixture() {
        return shards;
    }
}
