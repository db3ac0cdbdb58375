package dev.backfleet.simulation.server;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.worker.execute.RangeWorkerContract;
import dev.backfleet.worker.execute.ShardFixture;

/** The simulated server keeps the contract of {@link dev.backfleet.worker.execute.RangeWorker}. */
class SimulatedRangeWorkerTest extends RangeWorkerContract {
    private final ShardFixture shards = new SimulatedShards(Mutant.NONE);

    @Override
    protected ShardFixture fixture() {
        return shards;
    }
}
