package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Deployed;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Instances;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Passes;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Reads;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Writers;
import dev.backfleet.coordinator.postgres.Moments;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read what is stored about the end of one migration. */
final class ContractFactStore {
    private static final String GENERAL = """
            select clock_timestamp() as now, c.renamed_at, backfleet.sync_difference(m.table_oid, m.name) as difference
            from backfleet.migration m left join backfleet.migration_contract c on c.migration_id = m.id where m.id = :id
            """;

    // What was said before the state or the flag has changed was said of another step, or of a cutover that was taken
    // back.
    private static final String DEPLOYED = """
            select c.deployed, c.deployed_by, c.deployed_at
            from backfleet.migration_contract c join backfleet.migration m on m.id = c.migration_id
            left join backfleet.flag f on f.name = m.name
            where m.id = :id and c.deployed_at > m.state_at and (f.changed_at is null or c.deployed_at > f.changed_at)
            """;

    private static final String READS = """
            select f.state = 'ON' as on, f.percent, f.changed_at,
                   (select count(*) from backfleet.flag_tenant t where t.flag = f.name and not t.value) as without
            from backfleet.migration m join backfleet.flag f on f.name = m.name where m.id = :id
            """;

    private static final String PASSES = """
            with pass as materialized (
              select j.id, j.finished_at, v.missing + v.different + v.failed as wrong
              from backfleet.job j join backfleet.reconcile_verdict v on v.job_id = j.id
              where j.reconciles = :job and j.state = 'SUCCEEDED'
            )
            select l.finished_at as last, l.wrong,
                   (select min(p.finished_at) from pass p
                    where p.id > coalesce((select max(d.id) from pass d where d.wrong > 0), 0)) as clean_since
            from pass l order by l.id desc limit 1
            """;

    // Reconciles of the migration itself are waited for.
    private static final String JOBS = """
            select format('%s (id %s) %s', j.name, j.id, j.state)
            from backfleet.migration m, backfleet.job j
            where m.id = :id and j.state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')
              and (j.reconciles is distinct from m.job_id or j.state not in ('PLANNING', 'RUNNING'))
              and ((j.definition #>> '{table,oid}')::oid = m.table_oid
                or exists (select from backfleet.job_relation r where r.job_id = j.id and r.relation = m.table_oid))
            order by j.id
            """;

    // A transaction that has written the table before may go on with the text that the function of the sync had then.
    private static final String OBSERVED = """
            with writers as (
              select coalesce(array_agg(distinct l.virtualtransaction), '{}') as now
              from pg_locks l join backfleet.migration m on m.id = :id
              where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted and l.pid <> pg_backend_pid()
                and l.database = (select oid from pg_database where datname = current_database())
                and (l.relation = m.table_oid or l.relation in (select t.relation from backfleet.partitions_of(m.table_oid) t))
            ), before as (
              select array(select w.writer from unnest(coalesce(c.observed_writers, n.now)) w (writer) where w.writer = any(n.now)) as still
              from backfleet.migration_contract c, writers n where c.migration_id = :id
            )
            update backfleet.migration_contract c
            set observed_writers = b.still, observed_from = coalesce(c.observed_from, case when b.still = '{}' then clock_timestamp() end)
            from before b where c.migration_id = :id and c.observed_at is not null returning c.observed_from
            """;

    private static final String IS_OBSERVED = """
            select exists (select from backfleet.migration_contract where migration_id = :id and observed_at is not null)
            """;

    private static final String KEPT = "select coalesce(pg_relation_size(to_regclass(:table)), 0) > 0";

    private static final String WRITERS = """
            select format('user %s, application %s, last %s', username, case application when '' then 'without a name' else application end,
                          to_char(max(noted_at), 'YYYY-MM-DD HH24:MI'))
            from {table} where username <> '' and noted_at > clock_timestamp() - make_interval(secs => :seconds)
            group by username, application order by max(noted_at) desc
            """;

    private static final String INSTANCES = """
            select count(*) as known,
                   coalesce(array_agg(r.instance order by r.instance) filter (where r.version < f.version), '{}') as behind
            from backfleet.migration m join backfleet.flag f on f.name = m.name
            join backfleet.flag_reader r on r.flag = f.name and r.seen_at > clock_timestamp() - interval '1 hour'
            where m.id = :id
            """;

    private final Handle handle;
    private final long migration;

    ContractFactStore(Handle handle, long migration) {
        this.handle = handle;
        this.migration = migration;
    }

    General general() {
        return handle.createQuery(GENERAL)
                .bind("id", migration)
                .map((row, context) -> new General(
                        row.getObject("now", OffsetDateTime.class).toInstant(),
                        Moments.of(row, "renamed_at"),
                        row.getString("difference")))
                .one();
    }

    Reads reads() {
        return handle.createQuery(READS)
                .bind("id", migration)
                .map((row, context) -> new Reads(
                        row.getBoolean("on"),
                        row.getBigDecimal("percent"),
                        row.getLong("without"),
                        Moments.of(row, "changed_at")))
                .findFirst()
                .orElse(new Reads(false, BigDecimal.ZERO, 0, null));
    }

    Passes passes(Optional<Long> job, List<String> objections) {
        return handle.createQuery(PASSES)
                .bind("job", job.orElse(null))
                .map((row, context) -> new Passes(
                        Moments.of(row, "last"), row.getLong("wrong"), Moments.of(row, "clean_since"), objections))
                .findFirst()
                .orElse(new Passes(null, 0, null, objections));
    }

    List<String> jobs() {
        return handle.createQuery(JOBS)
                .bind("id", migration)
                .mapTo(String.class)
                .list();
    }

    Writers writers(Noted noted, boolean byOthers) {
        if (byOthers) {
            return new Writers(
                    "another tool executes the statements, so the sync was not changed to note them", null, List.of());
        }
        if (!noted.kept()) {
            if (!isObserved()) {
                return new Writers(null, null, List.of());
            }
            return new Writers("what was noted was lost with a crash or failover of the server", null, List.of());
        }
        var since = handle.createQuery(OBSERVED)
                .bind("id", migration)
                .map((row, context) -> Optional.ofNullable(Moments.of(row, "observed_from")))
                .findFirst()
                .flatMap(found -> found);
        return new Writers(null, since.orElse(null), noted.writers());
    }

    private boolean isObserved() {
        return handle.createQuery(IS_OBSERVED)
                .bind("id", migration)
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * What the sync has noted.
     *
     * @param owner a session with the role that owns the table
     * @param span how far back
     */
    static Noted noted(Handle owner, TableName table, Duration span) {
        var kept = owner.createQuery(KEPT)
                .bind("table", table.quoted())
                .mapTo(Boolean.class)
                .one();
        var name = table.schema().orElseThrow().escaped() + "." + table.name().escaped();
        return new Noted(
                kept,
                kept
                        ? owner.createQuery(WRITERS.replace("{table}", name))
                                .bind("seconds", span.toSeconds())
                                .mapTo(String.class)
                                .list()
                        : List.of());
    }

    Instances instances() {
        return handle.createQuery(INSTANCES)
                .bind("id", migration)
                .map((row, context) -> new Instances(row.getInt("known"), List.of((String[])
                        row.getArray("behind").getArray())))
                .one();
    }

    @Nullable
    Deployed deployed() {
        return handle.createQuery(DEPLOYED)
                .bind("id", migration)
                .map((row, context) -> deployed(row))
                .findFirst()
                .flatMap(found -> found)
                .orElse(null);
    }

    private static Optional<Deployed> deployed(ResultSet row) throws SQLException {
        var at = Moments.of(row, "deployed_at");
        return at == null
                ? Optional.empty()
                : Optional.of(new Deployed(row.getString("deployed"), row.getString("deployed_by"), at));
    }

    /**
     * What is told by one query.
     *
     * @param now the database's time
     */
    record General(
            Instant now,
            @Nullable Instant renamedAt,
            @Nullable String syncDifference) {}

    /**
     * What the sync has noted.
     *
     * @param kept whether it is all there
     * @param writers those who have written the old shape alone
     */
    record Noted(boolean kept, List<String> writers) {}
}
