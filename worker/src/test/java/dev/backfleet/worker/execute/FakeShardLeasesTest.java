package dev.backfleet.worker.execute;

/** The fake of the unit tests keeps the contract of {@link ShardLeases}. */
class FakeShardLeasesTest extends ShardLeasesContract {
    private final FakeShards shards = new FakeShards();

    @Override
    protected ShardFixture fixture() {
        return shards;
    }
}
