package dev.backfleet.coordinator.postgres.control;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyClass;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.coordinator.control.TenantIsolation;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.RolloutStore;
import dev.backfleet.coordinator.postgres.shard.ShardSplits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** The shards with rows of one tenant, and their isolation: splitting them until no other tenant has rows in them. */
public final class TenantShards {

    // Waits for the batches that are under way, and sees where they ended.
    private static final String LOCK_OPEN = """
            with want as materialized (%s)
            select s.number, %s as more, w.t::text as tenant,
                   (select %s::text from (%s) k where %s is null or %s) as before,
                   %s as passed
            from backfleet.shard s, want w
            where s.job_id = :job and s.relation = :relation and s.state in ('PENDING', 'DISPATCHED', 'RUNNING')
              and not s.held and %s
            order by s.number
            for update of s
            """;

    private static final String HOLD = """
            update backfleet.shard set held = true, state = 'PENDING', worker = null, lease_until = null
            where job_id = :job and number = any(:numbers)
            """;

    private static final String RELEASE = """
            with want as materialized (%s)
            , held as (
              select s.number from backfleet.shard s, want w
              where s.job_id = :job and s.relation = :relation and s.held and %s
              order by s.number
              for update of s
            )
            update backfleet.shard s set held = false
            from held h
            where s.job_id = :job and s.number = h.number
            """;

    private static final String LAST_BATCH = """
            with want as materialized (%s)
            select max(s.last_batch_at) from backfleet.shard s, want w
            where s.job_id = :job and s.relation = :relation and %s
            """;

    private static final String EXISTS = "select exists (select from only %s k where %s)";

    private final Handle handle;
    private final long job;
    private final JobDefinition definition;
    private final List<JobDefinition.Table> relations;

    /** The point after which rows of a shard are left. */
    private final String rest;

    /** The shards of a job whose key order begins with the tenant. */
    public TenantShards(Handle handle, long job, JobDefinition definition) {
        if (!definition.tenantLed()) {
            throw new IllegalArgumentException("the job's shards do not follow tenants");
        }
        this.handle = handle;
        this.job = job;
        this.definition = definition;
        this.relations = new JobRelationStore(handle).present(job);
        this.rest = KeyClass.rest(definition, "s");
    }

    /** Isolates a tenant, revokes its shards, and keeps them from being dispatched. */
    void hold(String tenant) {
        handle.createUpdate(HOLD)
                .bind("job", job)
                .bindArray("numbers", Integer.class, isolate(tenant))
                .execute();
    }

    /** Permits the dispatch of a tenant's shards again. */
    void release(String tenant) {
        new ShardSplits(handle, job).begin();
        for (var relation : relations) {
            var space = new KeySpace(definition, relation);
            var sql = RELEASE.formatted(space.tenant(":tenant"), space.reachesInto(rest, "s.upper", "w.t"));
            handle.createUpdate(sql)
                    .bind("job", job)
                    .bind("relation", relation.oid())
                    .bind("tenant", tenant)
                    .execute();
        }
    }

    /** Isolates a tenant and puts its shards into a wave; returns their numbers. */
    public List<Integer> putIntoWave(String tenant, int wave) {
        var numbers = isolate(tenant);
        new RolloutStore(handle).put(job, numbers, wave);
        return numbers;
    }

    /** Whether the table has a row of the tenant. */
    public boolean exists(String tenant) {
        return relations.stream().anyMatch(relation -> {
            var space = new KeySpace(definition, relation);
            return handle.createQuery(EXISTS.formatted(space.relation(), isTenant(space)))
                    .bind("tenant", tenant)
                    .mapTo(Boolean.class)
                    .one();
        });
    }

    private static String isTenant(KeySpace space) {
        return space.tenants(space.tenantColumn(), Comparison.EQUAL, "(" + space.tenant(":tenant") + ")");
    }

    /** The time of the last batch of a shard with rows of the tenant. */
    Optional<Instant> lastBatch(String tenant) {
        return relations.stream()
                .flatMap(relation -> {
                    var space = new KeySpace(definition, relation);
                    var range = space.reachesInto("s.lower", "s.upper", "w.t");
                    return ask(LAST_BATCH.formatted(space.tenant(":tenant"), range), relation, tenant)
                            .mapTo(Instant.class)
                            .findFirst()
                            .stream();
                })
                .max(Instant::compareTo);
    }

    /** Splits open shards until the tenant's rows are in shards of their own; returns their numbers. */
    private List<Integer> isolate(String tenant) {
        var splits = new ShardSplits(handle, job);
        splits.begin();
        var numbers = new ArrayList<Integer>();
        for (var relation : relations) {
            for (var shard : lockOpen(relation, tenant)) {
                numbers.add(splits.split(shard.number, shard.isolation.points(), shard.passed)
                        .get(shard.isolation.piece()));
            }
        }
        return numbers;
    }

    private List<Open> lockOpen(JobDefinition.Table relation, String tenant) {
        var space = new KeySpace(definition, relation);
        var selected = space.selected();
        var more = space.tenants(space.tenantOf("s.upper"), Comparison.GREATER, "w.t");
        var before = space.first(space.tenants(space.tenantColumn(), Comparison.LESS, "w.t"), true, "1");
        var isLeft = selected.after(rest);
        var sql = LOCK_OPEN.formatted(
                space.tenant(":tenant"),
                more,
                selected.tenantColumn(),
                before,
                rest,
                isLeft,
                passed(space, before, isLeft, more),
                space.reachesInto(rest, "s.upper", "w.t"));
        return ask(sql, relation, tenant)
                .map((row, context) -> new Open(
                        row.getInt("number"),
                        TenantIsolation.of(row.getString("tenant"), row.getString("before"), row.getBoolean("more")),
                        row.getInt("passed")))
                .list();
    }

    // How many of the points of the isolation are at the cursor or before it, if rows before it are left. They are no
    // sub-selects of FROM: after a wait for the shard's row, only what is selected is computed again.
    private String passed(KeySpace space, String before, String isLeft, String more) {
        if (!definition.walk().inPasses()) {
            return "0";
        }
        return "case when s.cursor is null or " + KeyClass.isLast(definition, "s") + " then 0 else coalesce((select ("
                + isPassed(space, space.selected().tenantColumn()) + ")::integer from (" + before + ") k where " + rest
                + " is null or " + isLeft + "), 0) + (" + more + " and (" + isPassed(space, "w.t") + "))::integer end";
    }

    // Whether the end of a tenant is at the cursor or before it.
    private String isPassed(KeySpace space, String tenant) {
        return space.tenants(space.tenantOf("s.cursor"), Comparison.GREATER, tenant) + " or cardinality(s.cursor) < "
                + space.columns() + " and "
                + space.tenants(space.tenantOf("s.cursor"), Comparison.EQUAL, tenant);
    }

    private Query ask(String sql, JobDefinition.Table relation, String tenant) {
        return handle.createQuery(sql)
                .bind("job", job)
                .bind("relation", relation.oid())
                .bind("tenant", tenant);
    }

    private record Open(int number, TenantIsolation isolation, int passed) {}
}
