package dev.backfleet.worker.execute;

/** The fake of the unit tests keeps the contract of {@link RangeWorker}. */
class FakeRangeWorkerTest extends RangeWorkerContract {
    private final FakeShards shards = new FakeShards();

    @Override
    protected ShardFixture fixture() {
        return shards;
    }
}
