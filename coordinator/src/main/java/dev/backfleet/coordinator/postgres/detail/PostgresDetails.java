package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.common.job.ShardState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.query.detail.JobDetails;
import dev.backfleet.coordinator.query.detail.ListJobNames;
import dev.backfleet.coordinator.query.detail.ListShards;
import dev.backfleet.coordinator.query.detail.ShardPage;
import dev.backfleet.coordinator.query.detail.ShowHistory;
import dev.backfleet.coordinator.query.detail.ShowJob;
import dev.backfleet.coordinator.query.detail.Timeline;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Answers the questions about one job in detail, each from one snapshot. */
public final class PostgresDetails
        implements ShowJob.Jobs, ListShards.Pages, ShowHistory.Timelines, ListJobNames.Names {
    private static final String NAMES = """
            select name from backfleet.job where finished_at is null
            union
            (select name from backfleet.job where finished_at is not null order by finished_at desc limit 20)
            order by name
            """;

    private final Database database;

    public PostgresDetails(Database database) {
        this.database = database;
    }

    @Override
    public Optional<JobDetails> details(long job) {
        return read(handle -> new JobDetailsStore(handle).details(job));
    }

    @Override
    public Optional<Instant> prunedAt(long job) {
        return database.jdbi().withHandle(handle -> new JobStore(handle).prunedAt(job));
    }

    @Override
    public ShardPage page(long job, Optional<ShardState> state, int after, int limit) {
        return read(handle -> new ShardPageStore(handle).page(job, state, after, limit));
    }

    @Override
    public int buckets(long job) {
        return read(handle -> new ShardPageStore(handle).buckets(job));
    }

    @Override
    public ShardPage pageOfBucket(long job, int bucket, Optional<ShardState> state, int after, int limit) {
        return read(handle -> new ShardPageStore(handle).pageOfBucket(job, bucket, state, after, limit));
    }

    @Override
    public Optional<Timeline> timeline(long job, int limit) {
        return read(handle -> new TimelineStore(handle).timeline(job, limit));
    }

    @Override
    public List<String> names() {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(NAMES).mapTo(String.class).list());
    }

    private <T> T read(HandleCallback<T, RuntimeException> query) {
        return database.jdbi().inTransaction(TransactionIsolationLevel.REPEATABLE_READ, query);
    }
}
