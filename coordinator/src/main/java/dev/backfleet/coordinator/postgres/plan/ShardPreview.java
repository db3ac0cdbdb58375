package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.catalog.TableSizes;
import dev.backfleet.coordinator.postgres.shard.ShardCutter;
import dev.backfleet.coordinator.query.plan.PlanReport.Shards;
import dev.backfleet.coordinator.query.plan.Tenants;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/**
 * Counts the shards into which tables would be cut, by cutting them without storing anything. If that takes longer than a person
 * waits, the rest is estimated.
 */
final class ShardPreview {
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Database database;
    private final Ticker ticker;
    private final JobDefinition definition;
    private final List<JobDefinition.Table> leaves;

    ShardPreview(Database database, Ticker ticker, JobDefinition definition, List<JobDefinition.Table> leaves) {
        this.database = database;
        this.ticker = ticker;
        this.definition = definition;
        this.leaves = leaves;
    }

    Shards shards(Optional<Rollout> rollout) {
        var largest = rollout.map(WaveCutter::largestShard).orElse(1.0);
        var end = ticker.now().plus(LONGEST);
        long shards = 0;
        long rows = 0;
        var cut = true;
        var tenants = Optional.<Tenants>empty();
        for (var leaf : leaves) {
            var left = end.minus(ticker.now());
            var done = left.toMillis() < 1 ? Optional.<ShardCutter.Preview>empty() : cut(leaf, largest, left);
            var part = done.map(ShardCutter.Preview::cut).orElseGet(() -> estimated(leaf, largest));
            tenants = Stream.concat(tenants.stream(), done.flatMap(ShardCutter.Preview::tenants).stream())
                    .reduce(Tenants::and);
            cut &= done.isPresent();
            shards += part.shards();
            rows += part.rows();
        }
        var isolates = rollout.isPresent()
                && rollout.get().waves().stream()
                        .anyMatch(wave -> !wave.tenants().isEmpty());
        return new Shards(
                shards,
                shards == 0 ? 0 : Math.round((double) rows / shards),
                cut,
                isolates ? "the tenants of the rollout get shards of their own, which are not counted here" : null,
                tenants.orElse(null));
    }

    private Optional<ShardCutter.Preview> cut(JobDefinition.Table leaf, double largest, Duration longest) {
        try {
            return database.jdbi().inTransaction(handle -> {
                handle.execute("set transaction read only");
                handle.execute("set local statement_timeout = " + longest.toMillis());
                return Optional.of(new ShardCutter(handle, definition, largest).preview(leaf));
            });
        } catch (JdbiException e) {
            if (Refusal.gaveWay(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private ShardCutter.Cut estimated(JobDefinition.Table leaf, double largest) {
        var rows = database.jdbi()
                .withHandle(handle -> TableSizes.of(handle, List.of(leaf)))
                .rows();
        var each = Math.max(1, Math.min((double) definition.shardRows(), rows * largest));
        return new ShardCutter.Cut(Math.round(rows), (int) Math.ceil(rows / each));
    }
}
