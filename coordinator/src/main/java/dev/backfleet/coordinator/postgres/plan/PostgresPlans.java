package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.control.Scope;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.duty.Planner;
import dev.backfleet.coordinator.postgres.catalog.Refusal;
import dev.backfleet.coordinator.postgres.catalog.RowSecurityStore;
import dev.backfleet.coordinator.postgres.control.ControlRepository;
import dev.backfleet.coordinator.postgres.control.PauseProtocol;
import dev.backfleet.coordinator.postgres.control.TenantPauses;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.job.PartitionStore;
import dev.backfleet.coordinator.postgres.job.RolloutStore;
import dev.backfleet.coordinator.postgres.shard.ShardCutter;
import dev.backfleet.coordinator.postgres.shard.ShardMapStore;
import dev.backfleet.coordinator.postgres.undo.KeptRowStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Plans jobs in the control schema: shards and state in one transaction. */
public final class PostgresPlans implements Planner.Plans {
    // A table with only deleted rows would be read to its end: after this time planning fails, is retried, and the
    // status says so.
    private static final List<String> BY_THE_TABLE = List.of(
            "set local enable_seqscan = on",
            "set local enable_indexscan = off",
            "set local enable_indexonlyscan = off",
            "set local enable_bitmapscan = off",
            "set local statement_timeout = '60s'");

    private final Database database;

    public PostgresPlans(Database database) {
        this.database = database;
    }

    @Override
    public List<Long> waiting() {
        return database.jdbi().withHandle(handle -> new JobStore(handle).inState(JobState.PLANNING));
    }

    @Override
    public Optional<Planner.Planned> plan(long job) {
        try {
            return database.jdbi().inTransaction(handle -> plan(handle, job));
        } catch (JdbiException e) {
            return halt(job, e);
        } catch (UnreadableException e) {
            return e.newer() ? Optional.empty() : halt(job, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Planner.Planned> plan(Handle handle, long job) {
        var jobs = new JobStore(handle);
        var definition = jobs.lockForPlanning(job);
        if (definition.isEmpty()) {
            return Optional.empty();
        }
        // A lock on one table must not delay the planning of other jobs.
        handle.execute("set local lock_timeout = '2s'");
        requireThere(handle, definition.get().table());
        if (definition.get().work().old().keeps()) {
            new KeptRowStore(handle).prepare(job);
        }
        var partitions = new PartitionStore(handle, job);
        partitions.closeDropped();
        partitions.arrivals().stream().filter(leaf -> !leaf.replaces()).forEach(partitions::add);
        var rollout = new RolloutStore(handle).find(job);
        var largest = rollout.map(WaveCutter::largestShard).orElse(1.0);
        var copied = new CheckedShards(handle).copy(job);
        long rows = copied.map(CheckedShards.Copied::rows).orElse(0L);
        var shards = copied.map(CheckedShards.Copied::shards).orElse(0);
        for (var relation : new JobRelationStore(handle).pinned(job)) {
            requireSame(handle, relation);
            requireVisible(handle, relation);
            if (copied.isPresent()) {
                continue;
            }
            var cut = new ShardCutter(handle, definition.get(), largest).cut(job, relation, shards);
            if (cut.shards() == 0) {
                requireEmpty(handle, relation);
            }
            rows += cut.rows();
            shards += cut.shards();
        }
        new ShardMapStore(handle).planned(job, shards);
        rollout.ifPresent(waves -> new WaveCutter(handle, job, definition.get()).cut(waves));
        TenantPauses.holdAll(handle, job, definition.get());
        jobs.planned(job, rows);
        new NoteStore(handle).forget(job, Planner.WHAT);
        var control = new ControlRepository(handle);
        control.begin(job);
        var wanted = control.stored(Scope.job(job));
        var state = wanted.map(record -> switch (record.state()) {
                    case PAUSE -> JobState.PAUSED;
                    case CANCEL -> JobState.CANCELLED;
                    case RUN -> JobState.RUNNING;
                })
                .orElse(JobState.RUNNING);
        var reason = state == JobState.RUNNING
                ? null
                : wanted.map(PauseProtocol::reason).orElse(null);
        jobs.setStateIfIn(job, Set.of(JobState.PLANNING), state, reason, null);
        return Optional.of(new Planner.Planned(rows, shards, state));
    }

    private static void requireThere(Handle handle, JobDefinition.Table table) {
        var there = handle.createQuery("select exists (select from pg_catalog.pg_class where oid = :oid::oid)")
                .bind("oid", table.oid())
                .mapTo(Boolean.class)
                .one();
        if (!there) {
            throw new UnplannableException("the table " + table.quoted()
                    + " is no longer the one that the job was submitted for; cancel the job and submit it again");
        }
    }

    private static void requireSame(Handle handle, JobDefinition.Table relation) {
        var same = handle.createQuery("select coalesce(to_regclass(:name)::oid = :oid::oid, false)")
                .bind("name", relation.quoted())
                .bind("oid", relation.oid())
                .mapTo(Boolean.class)
                .one();
        if (!same) {
            throw new UnplannableException("the table " + relation.quoted()
                    + " is no longer the one that the job was submitted for; cancel the job and submit it again");
        }
    }

    // Without a shard no row of it is changed. The key's index shows no row: check the table itself.
    private static void requireEmpty(Handle handle, JobDefinition.Table relation) {
        var name = relation.escaped();
        var empty = handle.createQuery("select pg_catalog.pg_relation_size(:oid::oid) = 0")
                .bind("oid", relation.oid())
                .mapTo(Boolean.class)
                .one();
        if (empty) {
            return;
        }
        BY_THE_TABLE.forEach(handle::execute);
        var rows = handle.createQuery("select exists (select from only " + name + ")")
                .mapTo(Boolean.class)
                .one();
        if (rows) {
            throw new UnplannableException("the table " + relation.quoted()
                    + " has rows, but the index of its key shows none: the index may be corrupt; check it with "
                    + "bt_index_check of the extension amcheck, REINDEX it, then 'backfleet resume' the job");
        }
    }

    // The job may have been submitted under another role than the coordinator's.
    private static void requireVisible(Handle handle, JobDefinition.Table relation) {
        var security = new RowSecurityStore(handle).of(relation);
        if (security.hides()) {
            throw new UnplannableException(
                    security.danger(relation)
                            + ": alter role ... bypassrls for the roles of coordinator and workers, cancel the job and submit it again");
        }
    }

    /** Halts the job if PostgreSQL rejects it permanently; a temporary failure is retried in the next round. */
    private Optional<Planner.Planned> halt(long job, JdbiException e) {
        var reason = e instanceof UnplannableException ? e.getMessage() : refusal(e);
        if (reason == null) {
            throw e;
        }
        return halt(job, reason);
    }

    private Optional<Planner.Planned> halt(long job, String reason) {
        var moved = database.jdbi().withHandle(handle -> new JobStore(handle)
                .setStateIfIn(job, Set.of(JobState.PLANNING), JobState.HALTED, null, "planning: " + reason));
        return moved ? Optional.of(new Planner.Planned(0, 0, JobState.HALTED)) : Optional.empty();
    }

    private static @Nullable String refusal(JdbiException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException refused && refused.getSQLState() != null) {
                // A partition that has just been dropped is left out in the next round.
                return SqlStateCodes.isSyntaxOrAccess(refused.getSQLState()) && !Refusal.isStale(e)
                        ? refused.getSQLState() + ": " + SafeErrorMessage.words(ServerErrors.ofRows(refused), null)
                        : null;
            }
        }
        return null;
    }

    /** The table was replaced between submission and planning, or the coordinator may not see all of it. */
    private static final class UnplannableException extends JdbiException {
        private static final long serialVersionUID = 1L;

        UnplannableException(String message) {
            super(message);
        }
    }
}
