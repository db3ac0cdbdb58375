package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.postgres.control.TenantPauses;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PartitionStore;
import dev.backfleet.coordinator.postgres.shard.ShardCutter;
import dev.backfleet.coordinator.postgres.shard.ShardSplits;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes partitions that were attached after planning into a job. Rows that such a partition has at that moment are changed like
 * all others: it is split into shards up to its largest key. A partition that is empty at that moment gets no shard: rows that
 * are inserted later come from an application that writes the new form already.
 */
final class NewPartitions {
    private static final Logger LOG = LoggerFactory.getLogger(NewPartitions.class);

    private final Database database;

    NewPartitions(Database database) {
        this.database = database;
    }

    /** Takes all new partitions in, and returns their number; without those that replace a known partition: an operator decides on them. */
    int take(long job) {
        return take(job, leaf -> !leaf.replaces());
    }

    /** Takes all new partitions in, also those that replace a known one; returns their number. */
    int takeAll(long job) {
        return take(job, leaf -> true);
    }

    private int take(long job, Predicate<PartitionStore.Arrival> which) {
        var arrivals = database.jdbi().withHandle(handle -> new PartitionStore(handle, job).arrivals());
        return (int) arrivals.stream()
                .filter(which)
                .filter(leaf -> database.jdbi().inTransaction(handle -> take(handle, job, leaf)))
                .count();
    }

    private static boolean take(Handle handle, long job, PartitionStore.Arrival leaf) {
        var store = new PartitionStore(handle, job);
        // First of all: a tenant's pause either sees the new shards, or is seen here. Its lock_timeout applies to all
        // statements that follow.
        new ShardSplits(handle, job).begin();
        if (!store.add(leaf)) {
            return false;
        }
        if (leaf.ordinary()) {
            shards(handle, job, leaf.table());
        }
        return true;
    }

    private static void shards(Handle handle, long job, JobDefinition.Table leaf) {
        var store = new PartitionStore(handle, job);
        var definition = new JobStore(handle).definition(job).orElseThrow();
        var done = definition.work().changesRows() ? "changed" : "compared";
        var last = store.lastNumber();
        var cut = store.isEmpty(leaf)
                ? new ShardCutter.Cut(0, 0)
                : new ShardCutter(handle, definition, 1.0).cut(job, leaf, last);
        if (cut.shards() == 0) {
            store.note(leaf, "came after planning and was empty: rows that are inserted into it are not " + done);
        } else if (store.grown(last, cut.rows())) {
            TenantPauses.holdAll(handle, job, definition);
            store.note(
                    leaf,
                    "came after planning with rows, about " + HumanText.number(cut.rows()) + ": they are " + done
                            + " as well");
        } else {
            throw new IllegalStateException("the job has ended in the meantime");
        }
        LOG.atInfo()
                .addKeyValue("job", job)
                .addKeyValue("partition", leaf.shown())
                .addKeyValue("shards", cut.shards())
                .addKeyValue("action", EventAction.PARTITION_ADDED)
                .log("a new partition was taken into the job");
    }
}
