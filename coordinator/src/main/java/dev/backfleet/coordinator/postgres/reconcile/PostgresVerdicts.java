package dev.backfleet.coordinator.postgres.reconcile;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.postgres.Moments;
import dev.backfleet.coordinator.query.reconcile.AskGate;
import dev.backfleet.coordinator.query.reconcile.GateFacts;
import dev.backfleet.coordinator.query.reconcile.Pass;
import dev.backfleet.coordinator.query.reconcile.ReconcileReport;
import dev.backfleet.coordinator.query.reconcile.ShowReconcile;
import dev.backfleet.coordinator.query.reconcile.WrongRowCounts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what reconciles have found. */
public final class PostgresVerdicts implements AskGate.Passes, ShowReconcile.Details {

    // Of a tenant, its few rows are summed; of all of them, the sums that were stored at the end. The quarantine is
    // that of
    // now. A key begins with the tenant where shards follow tenants; otherwise a row in quarantine may be of any
    // tenant.
    private static final String FACTS = """
            select j.id, j.name, j.state, j.finished_at, p.id as pass, p.started_at as pass_started_at, p.finished_at as pass_finished_at, p.orphans,
                   p.definition #> '{compare,copied}' is not null as of_copies,
                   extract(epoch from clock_timestamp() - p.finished_at)::float8 as age, v.scanned, v.judged,
                   p.definition #>> '{compare,standby}' as standby,
                   p.definition #> '{compare,tenant}' is not null or (j.definition ->> 'tenantLed')::boolean as by_tenant,
                   f.missing, f.different, f.failed, f.quarantined, f.since, f.before, f.unknown,
                   case when :tenant::text is null or v.new_only is null then v.new_only
                        else (select coalesce(sum(n.rows), 0)::bigint from backfleet.reconcile_new_only n
                              where n.job_id = p.id and n.tenant = backfleet.reconcile_label(:tenant)) end as new_only,
                   case when :tenant::text is null or not (j.definition ->> 'tenantLed')::boolean then j.quarantined
                        when j.quarantined = 0 then 0
                        else (select count(*) from backfleet.quarantine q where q.job_id = j.id and q.key[1] = :tenant) end as in_quarantine,
                   (select count(*) from backfleet.job_relation r join pg_catalog.pg_class c on c.oid = r.relation
                    where r.job_id = p.id and c.relkind = 'f') as foreign_tables,
                   u.name as unfinished_name, u.state as unfinished_state
            from ({jobs}) j
            left join lateral (
              select p.* from backfleet.job p
              where p.reconciles = j.id and p.state = 'SUCCEEDED'
                and exists (select from backfleet.reconcile_verdict v where v.job_id = p.id)
              order by p.id desc limit 1
            ) p on true
            left join backfleet.reconcile_verdict v on v.job_id = p.id
            left join lateral (
              select v.missing, v.different, v.failed, v.quarantined, v.since, v.before, v.unknown where :tenant::text is null
              union all
              select {sums} from backfleet.reconcile_tenant t
              where t.job_id = p.id and t.tenant = backfleet.reconcile_label(:tenant)
              having :tenant::text is not null
            ) f on true
            left join lateral (
              select u.name, u.state from backfleet.job u
              where u.reconciles = j.id and u.id > coalesce(p.id, 0) order by u.id desc limit 1
            ) u on true
            where j.reconciles is null
            """;

    private static final String ONE = FACTS.replace(
            "{jobs}",
            "select * from backfleet.job where id = :id or name = :job order by id = :id desc nulls last, id desc limit 1");

    private static final String NEWEST = FACTS.replace(
                    "{jobs}",
                    "select * from backfleet.job c where c.reconciles is null "
                            + "and exists (select from backfleet.job p where p.reconciles = c.id) order by c.id desc limit :most")
            + "order by j.id desc";

    private static final String SUMS = """
            coalesce(sum(t.rows) filter (where t.finding = 'MISSING'), 0)::bigint as missing,
            coalesce(sum(t.rows) filter (where t.finding = 'DIFFERENT'), 0)::bigint as different,
            coalesce(sum(t.rows) filter (where t.finding = 'FAILED'), 0)::bigint as failed,
            coalesce(sum(t.rows) filter (where t.finding = 'QUARANTINED'), 0)::bigint as quarantined,
            coalesce(sum(t.rows) filter (where t.finding <> 'QUARANTINED' and t.written = 'SINCE'), 0)::bigint as since,
            coalesce(sum(t.rows) filter (where t.finding <> 'QUARANTINED' and t.written = 'BEFORE'), 0)::bigint as before,
            coalesce(sum(t.rows) filter (where t.finding <> 'QUARANTINED' and t.written = 'UNKNOWN'), 0)::bigint as unknown
            """;

    private static final String TENANTS = """
            select t.tenant, {sums},
                   case when (select v.new_only from backfleet.reconcile_verdict v where v.job_id = :pass) is not null
                     then (select coalesce(sum(n.rows), 0)::bigint from backfleet.reconcile_new_only n
                           where n.job_id = :pass and n.tenant = t.tenant) end as new_only
            from backfleet.reconcile_tenant t where t.job_id = :pass
            group by t.tenant order by sum(t.rows) desc, t.tenant limit :most
            """;

    private static final String WITH_FINDINGS = "select tenants from backfleet.reconcile_verdict where job_id = :pass";

    // One of each tenant and kind before a second one of any.
    private static final String KEYS = """
            select r.tenant, lower(r.finding) as finding, lower(r.written) as written, n.nspname, c.relname, r.key
            from (select *, row_number() over (partition by tenant, finding order by id) as place
                  from backfleet.reconcile_row where job_id = :pass) r
            left join pg_catalog.pg_class c on c.oid = r.relation left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            order by r.place, r.id limit :most
            """;

    private final Database database;

    public PostgresVerdicts(Database database) {
        this.database = database;
    }

    @Override
    public Optional<AskGate.Found> facts(String job, Optional<String> tenant) {
        return database.jdbi().withHandle(handle -> handle.createQuery(ONE.replace("{sums}", SUMS))
                .bind("job", job)
                .bind("id", job.matches("[0-9]{1,18}") ? Long.valueOf(job) : null)
                .bind("tenant", tenant.orElse(null))
                .map((row, context) -> new AskGate.Found(facts(row), row.getBoolean("by_tenant")))
                .findOne());
    }

    /** The newest jobs of which a reconcile was begun, the newest first, each with the facts about all its tenants. */
    public List<GateFacts> newest(int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(NEWEST.replace("{sums}", SUMS))
                .bind("most", most)
                .bindNull("tenant", Types.VARCHAR)
                .map((row, context) -> facts(row))
                .list());
    }

    private static GateFacts facts(ResultSet row) throws SQLException {
        var pass = row.getObject("pass", Long.class);
        var unfinished = row.getString("unfinished_name");
        return new GateFacts(
                row.getLong("id"),
                row.getString("name"),
                JobState.valueOf(row.getString("state")),
                Moments.of(row, "finished_at"),
                row.getLong("in_quarantine"),
                pass == null
                        ? null
                        : new Pass(
                                pass,
                                row.getObject("pass_started_at", OffsetDateTime.class)
                                        .toInstant(),
                                row.getObject("pass_finished_at", OffsetDateTime.class)
                                        .toInstant(),
                                row.getDouble("age"),
                                row.getLong("scanned"),
                                row.getLong("judged"),
                                place(row.getString("standby"))),
                pass == null ? null : counts(row),
                pass == null || !row.getBoolean("of_copies")
                        ? null
                        : new GateFacts.Copies(Optional.ofNullable(row.getObject("orphans", Long.class))),
                row.getLong("foreign_tables"),
                unfinished == null
                        ? null
                        : new GateFacts.Unfinished(unfinished, JobState.valueOf(row.getString("unfinished_state"))));
    }

    private static @Nullable String place(@Nullable String url) {
        return url == null ? null : DatabaseUrl.place(url);
    }

    private static WrongRowCounts counts(ResultSet row) throws SQLException {
        var wrong = row.getLong("missing") + row.getLong("different") + row.getLong("failed");
        var told = row.getLong("since") + row.getLong("before") + row.getLong("unknown");
        return new WrongRowCounts(
                row.getLong("missing"),
                row.getLong("different"),
                row.getLong("failed"),
                row.getLong("quarantined"),
                row.getLong("since"),
                wrong - told,
                row.getLong("before"),
                row.getLong("unknown"),
                row.getObject("new_only", Long.class));
    }

    @Override
    public List<ReconcileReport.Tenant> tenants(long pass, int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(TENANTS.replace("{sums}", SUMS))
                .bind("pass", pass)
                .bind("most", most)
                .map((row, context) -> ReconcileReport.Tenant.of(row.getString("tenant"), counts(row)))
                .list());
    }

    @Override
    public long tenantsWithFindings(long pass) {
        return database.jdbi().withHandle(handle -> handle.createQuery(WITH_FINDINGS)
                .bind("pass", pass)
                .mapTo(Long.class)
                .findOne()
                .orElse(0L));
    }

    @Override
    public List<ReconcileReport.WrongRow> keys(long pass, int most) {
        return database.jdbi().withHandle(handle -> handle.createQuery(KEYS)
                .bind("pass", pass)
                .bind("most", most)
                .map((row, context) -> new ReconcileReport.WrongRow(
                        row.getString("tenant"),
                        row.getString("finding").toLowerCase(Locale.ROOT),
                        row.getString("written").toLowerCase(Locale.ROOT),
                        table(row),
                        List.of((String[]) row.getArray("key").getArray())))
                .list());
    }

    private static String table(ResultSet row) throws SQLException {
        var name = row.getString("relname");
        return name == null
                ? "a table that was dropped"
                : Identifier.of(row.getString("nspname")) + "." + Identifier.of(name);
    }
}
