package dev.backfleet.coordinator.postgres.audit;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.query.audit.AuditChain;
import dev.backfleet.coordinator.query.audit.AuditEntry;
import dev.backfleet.coordinator.query.audit.ListAudit;
import dev.backfleet.coordinator.query.audit.VerifyAudit;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/** Reads {@code backfleet.audit}. */
public final class PostgresAudit implements ListAudit.Rows, VerifyAudit.Chain {

    // What was done to a migration and to its flag is no row of a job: its text begins with the name.
    private static final String OF_MIGRATION =
            "job_id is null and action in ('migration', 'flag') and starts_with(new_value, :job || ': ')";

    private static final String KNOWS = """
            select exists (select from backfleet.job where name = :job or id::text = :job)
                or exists (select from backfleet.audit where job_name = :job or job_id::text = :job)
                or exists (select from backfleet.migration where name = :job)
                or exists (select from backfleet.audit where {of-migration})
            """.replace("{of-migration}", OF_MIGRATION);

    // A number is an id first, as everywhere.
    private static final String NEWEST_FIRST = """
            select a.*, encode(a.hash, 'hex') as hex from backfleet.audit a
            where (:job::text is null or a.job_id::text = :job
                   or a.job_name = :job and not exists (select from backfleet.audit where job_id::text = :job)
                   or {of-migration})
              and (:who::text is null or strpos(lower(concat_ws(' ', a.who, a.role, a.client)), lower(:who)) > 0)
              and (:action::text is null or a.action = :action)
              and (:from::timestamptz is null or a.at >= :from)
              and (:age::double precision is null or a.at >= now() - make_interval(secs => :age))
            order by a.id desc limit :limit
            """.replace("{of-migration}", OF_MIGRATION);

    // The fields in the order of backfleet.audit_hash.
    private static final List<String> FIELDS = List.of(
            "seq",
            "id",
            "micros",
            "who",
            "role",
            "via",
            "client",
            "remote",
            "job_id",
            "job_name",
            "action",
            "setting",
            "old_value",
            "new_value",
            "reason",
            "request_id",
            "xact");

    private static final String LINKS = """
            select *, encode(hash, 'hex') as hex, round(extract(epoch from at) * 1000000)::bigint as micros
            from backfleet.audit where seq is not null order by seq
            """;

    private static final String UNCHAINED = "select count(*) from backfleet.audit where seq is null or hash is null";

    private static final String HEAD = "select seq, encode(hash, 'hex') as hash from backfleet.audit_head";

    private static final int FETCHED = 1_000;

    private final Database database;

    public PostgresAudit(Database database) {
        this.database = database;
    }

    @Override
    public boolean knows(String job) {
        return database.jdbi().withHandle(handle -> handle.createQuery(KNOWS)
                .bind("job", job)
                .mapTo(Boolean.class)
                .one());
    }

    @Override
    public List<AuditEntry> newestFirst(ListAudit.Filter filter, int limit) {
        var age = filter.age();
        return database.jdbi().withHandle(handle -> handle.createQuery(NEWEST_FIRST)
                .bind("job", filter.job())
                .bind("who", filter.who())
                .bind("action", filter.action())
                .bind("from", filter.from())
                .bind("age", age == null ? null : age.toMillis() / 1000.0)
                .bind("limit", limit)
                .map((row, context) -> entry(row))
                .list());
    }

    @Override
    public AuditChain.Report follow(AuditChain chain) {
        return database.jdbi().inTransaction(TransactionIsolationLevel.REPEATABLE_READ, handle -> {
            try (var links =
                    handle.createQuery(LINKS).setFetchSize(FETCHED).map((row, context) -> link(row)).stream()) {
                links.forEach(chain::next);
            }
            return chain.end(
                    head(handle),
                    handle.createQuery(UNCHAINED).mapTo(Long.class).one());
        });
    }

    private static AuditChain.@Nullable Head head(Handle handle) {
        return handle.createQuery(HEAD)
                .map((row, context) -> new AuditChain.Head(row.getLong("seq"), row.getString("hash")))
                .findOne()
                .orElse(null);
    }

    private static AuditChain.Link link(ResultSet row) throws SQLException {
        var fields = new ArrayList<@Nullable String>();
        for (var field : FIELDS) {
            fields.add(row.getString(field));
        }
        var hash = row.getString("hex");
        var job = row.getString("job_name");
        return new AuditChain.Link(
                row.getLong("seq"),
                hash == null ? "" : hash,
                fields,
                row.getString("action") + (job == null ? "" : " of " + job) + " by " + row.getString("who"));
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getObject("seq", Long.class),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("who"),
                row.getString("via"),
                row.getString("role"),
                row.getString("remote"),
                row.getString("client"),
                row.getObject("job_id", Long.class),
                row.getString("job_name"),
                row.getString("action"),
                row.getString("setting"),
                row.getString("old_value"),
                row.getString("new_value"),
                row.getString("reason"),
                row.getString("request_id"),
                row.getString("hex"));
    }
}
