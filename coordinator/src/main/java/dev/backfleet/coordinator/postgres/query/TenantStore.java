package dev.backfleet.coordinator.postgres.query;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyClass;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.query.tenant.TenantState;
import dev.backfleet.coordinator.query.tenant.TenantStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Reads the status of the tenants of a job. A page costs a few index probes for each of its tenants and one scan of the job's
 * shards, however many tenants there are: the index leads from each tenant to the next.
 */
public final class TenantStore {

    /** Up to this many rows of each tenant are counted, whatever the page's length. */
    private static final int COUNTED = 10_000;

    /** On a short page more, up to this many of each, since the whole page costs no more then. */
    private static final int MOST_COUNTED = 200_000;

    private static final int COUNTED_ON_A_PAGE = 2_000_000;

    private static final String PAGE = """
            with recursive found as (
              select (select n.t from (%s) n order by n.t limit 1) as t, 1 as i
              union all
              select (select n.t from (%s) n order by n.t limit 1), p.i + 1
              from found p where p.t is not null and p.i < :limit
            ), shards as materialized (
              select s.*, j.wave as job_wave from backfleet.shard s join backfleet.job j on j.id = s.job_id
              where s.job_id = :job
            ), counted as materialized (
              select f.t, f.i, (%s) as total from found f where f.t is not null
            )
            select f.t::text as tenant, f.total, a.*
            from counted f cross join lateral (
              select count(*) as shards,
                     coalesce(bool_or(open), false) as open,
                     coalesce(bool_or(open and state = 'FAILED'), false) as failed,
                     coalesce(bool_or(open and held), false) as held,
                     coalesce(bool_or(open and state = 'RUNNING'), false) as running,
                     coalesce(bool_or(open and wave > job_wave), false) as waiting,
                     coalesce(max(wave), 1) as wave,
                     coalesce(bool_or(not own), false) as shared,
                     min('shard ' || number || ': ' || coalesce(error_code || ': ', '') || error) filter (where open)
                       as error,
                     coalesce(sum(rows_walked) filter (where own), 0)::bigint as own_walked,
                     coalesce(sum(case when state = 'DONE' then rows_walked else greatest(rows_walked, :shard_rows) end)
                       filter (where own), 0)::bigint as own_total,
                     coalesce(sum(case when open and f.total < :counted then (%s) else 0 end), 0)::bigint as remaining
              from (
                select s.*, %s and not (%s) as own,
                       s.state <> 'DONE' and %s and (%s is null or not (%s) or %s) as open
                from shards s where %s
                offset 0 -- so that each of these is asked once
              ) s
              where open or s.lower is null or not (%s) or own
            ) a
            order by f.i
            """;

    private static final String NEXT_OPEN = """
            select case when %s then s.first::text end as from_tenant
            from (
              select %s as first, %s as last
              from backfleet.shard s join backfleet.job j on j.id = s.job_id
              where s.job_id = :job and s.state <> 'DONE' and (%s)
            ) s
            where %s
            order by s.first nulls first
            limit 1
            """;

    private final Handle handle;
    private final long job;
    private final JobDefinition definition;
    private final List<JobDefinition.Table> relations;

    /** The point after which rows of a shard are left. */
    private final String rest;

    /** The tenants of a job whose key order begins with the tenant. */
    public TenantStore(Handle handle, long job, JobDefinition definition) {
        this.handle = handle;
        this.job = job;
        this.definition = definition;
        this.relations = new JobRelationStore(handle).present(job);
        this.rest = KeyClass.rest(definition, "s");
    }

    /**
     * Where to continue the search for tenants in some states: skips tenants without rows in a shard that fits the states.
     *
     * @param states not empty; DONE tenants may be anywhere
     * @param after the tenant before them; null: from the first
     * @return nothing if there are no more
     * @throws org.jdbi.v3.core.JdbiException if {@code after} is no value of the column's type
     */
    Optional<From> next(Set<TenantState> states, @Nullable String after) {
        if (relations.isEmpty()) {
            return Optional.empty();
        }
        if (states.contains(TenantState.DONE)) {
            return Optional.of(From.after(after));
        }
        var any = space(relations.get(0));
        var given = "(" + any.tenant(":after") + ")";
        var sql = NEXT_OPEN.formatted(
                after == null ? "true" : any.tenants("s.first", Comparison.GREATER, given),
                any.tenantOf("(coalesce(" + rest + ", s.lower))"),
                any.tenantOf("s.upper"),
                states.stream().map(TenantStore::hasSome).collect(joining(" or ")),
                after == null ? "true" : any.tenants("s.last", Comparison.GREATER_OR_EQUAL, given));
        var query = handle.createQuery(sql).bind("job", job);
        if (after != null) {
            query.bind("after", after);
        }
        return query.map((row, context) -> Optional.ofNullable(row.getString("from_tenant")))
                .findOne()
                .map(tenant -> tenant.map(From::at).orElse(From.after(after)));
    }

    // A condition on a shard that is not DONE: whether tenants in this state may have rows in it.
    private static String hasSome(TenantState state) {
        return switch (state) {
            case FAILED -> "s.state = 'FAILED'";
            case PAUSED -> "s.held";
            case RUNNING -> "s.state = 'RUNNING'";
            case WAITING -> "s.wave > j.wave";
            case PENDING, DONE -> "true";
        };
    }

    /**
     * The next tenants in the order of the tenant column.
     *
     * @throws org.jdbi.v3.core.JdbiException if {@code from} is no value of the column's type
     */
    public List<TenantStatus> page(From from, int limit) {
        if (relations.isEmpty()) {
            return List.of();
        }
        handle.execute("set local enable_seqscan = off");
        handle.execute("set local jit = off");
        var counted = Math.max(COUNTED, Math.min(MOST_COUNTED, COUNTED_ON_A_PAGE / limit));
        var query = handle.createQuery(statement(from))
                .bind("job", job)
                .bind("limit", limit)
                .bind("counted", counted)
                .bind("shard_rows", definition.shardRows());
        if (from.tenant() != null) {
            query.bind("from", from.tenant());
        }
        return query.map((row, context) -> status(row, counted)).list();
    }

    private String statement(From from) {
        var any = space(relations.get(0));
        var first = from.inclusive() ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER;
        return PAGE.formatted(
                least(k -> from.tenant() == null
                        ? "true"
                        : k.tenants(k.tenantColumn(), first, "(" + any.tenant(":from") + ")")),
                least(k -> k.tenants(k.tenantColumn(), Comparison.GREATER, "p.t")),
                sum(k -> "(select count(*) from (select from only " + k.relation() + " k where " + isTenant(k)
                        + " limit :counted) c)"),
                ofItsRelation(
                        k -> "(select count(*) from only " + k.relation() + " k where " + isTenant(k) + " and "
                                + isDue(k) + " and " + k.upTo("s.upper") + ")",
                        "0"),
                any.tenants(any.tenantOf("s.upper"), Comparison.EQUAL, "f.t"),
                ofItsRelation(TenantStore::startsBefore, "true"),
                any.reachesInto(rest, "s.upper", "f.t"),
                rest,
                any.tenants(any.tenantOf(rest), Comparison.EQUAL, "f.t"),
                ofItsRelation(this::hasMore, "false"),
                any.reachesInto("s.lower", "s.upper", "f.t"),
                any.tenants(any.tenantOf("s.lower"), Comparison.EQUAL, "f.t"));
    }

    // Whether the shard has rows of another tenant before this one's.
    private static String startsBefore(KeySpace k) {
        return "exists (select from ("
                + k.first(k.tenants(k.tenantColumn(), Comparison.LESS, "f.t"), true, "1")
                + ") k where s.lower is null or " + k.selected().after("s.lower") + ")";
    }

    // Whether the shard has rows of the tenant after the point up to which all is done, which is a row of the same
    // tenant.
    private String hasMore(KeySpace k) {
        return "exists (select from (" + k.firstAfter(rest, isTenant(k), "1") + ") k where "
                + k.selected().upTo("s.upper") + ")";
    }

    // Whether a row is still to be changed: it is after the cursor, or in a class of a later pass.
    private String isDue(KeySpace k) {
        var after = "(s.cursor is null or " + k.after("s.cursor") + ")";
        if (!definition.walk().inPasses()) {
            return after;
        }
        var row = new KeyClass(definition).of(k::column);
        return "case when " + row + " > s.pass and not s.merged then true when " + row + " >= s.pass then " + after
                + " else false end";
    }

    private static String isTenant(KeySpace k) {
        return k.tenants(k.tenantColumn(), Comparison.EQUAL, "f.t");
    }

    private String least(Function<KeySpace, String> condition) {
        return relations.stream()
                .map(this::space)
                .map(k -> "(" + k.tenantsWhere(condition.apply(k), 1) + ")")
                .collect(joining(" union all "));
    }

    private String sum(Function<KeySpace, String> count) {
        return relations.stream().map(this::space).map(count).collect(joining(" + "));
    }

    private String ofItsRelation(Function<KeySpace, String> value, String otherwise) {
        return relations.stream()
                .map(relation -> "when " + relation.oid() + " then " + value.apply(space(relation)))
                .collect(joining(" ", "case s.relation::bigint ", " else " + otherwise + " end"));
    }

    private KeySpace space(JobDefinition.Table relation) {
        return new KeySpace(definition, relation);
    }

    /**
     * Where a page begins.
     *
     * @param tenant null: with the first tenant
     * @param inclusive whether {@code tenant} itself is included
     */
    public record From(@Nullable String tenant, boolean inclusive) {
        public static From after(@Nullable String tenant) {
            return new From(tenant, false);
        }

        static From at(String tenant) {
            return new From(tenant, true);
        }
    }

    private static TenantStatus status(ResultSet row, int most) throws SQLException {
        var state = TenantState.of(
                row.getBoolean("open"),
                row.getBoolean("failed"),
                row.getBoolean("held"),
                row.getBoolean("running"),
                row.getBoolean("waiting"));
        return TenantStatus.of(
                row.getString("tenant"),
                state,
                rows(row, state, most),
                row.getInt("shards"),
                row.getBoolean("shared"),
                row.getInt("wave"),
                row.getString("error"));
    }

    // How many of a shard's rows are whose is not known, if tenants share it: neither is how many were scanned.
    private static TenantStatus.Rows rows(ResultSet row, TenantState state, int most) throws SQLException {
        var counted = row.getLong("total");
        if (counted < most) {
            return TenantStatus.Rows.counted(counted, Math.max(0, counted - row.getLong("remaining")));
        }
        if (row.getBoolean("shared")) {
            return TenantStatus.Rows.atLeast(counted);
        }
        var total = Math.max(counted, row.getLong("own_total"));
        var walked = state == TenantState.DONE ? total : Math.min(total, row.getLong("own_walked"));
        return TenantStatus.Rows.about(total, walked);
    }
}
