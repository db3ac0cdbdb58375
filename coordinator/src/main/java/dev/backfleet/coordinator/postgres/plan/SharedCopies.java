package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.job.kind.ComparedCopy;
import dev.backfleet.common.job.kind.CopyKey;
import dev.backfleet.common.postgres.batch.RowJudgement;
import dev.backfleet.common.postgres.key.KeyOrder;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows that have no copy of their own: another row gives the same key, and the one copy has the values of both. The comparison of
 * each row by itself cannot tell. One row of those that share a copy has it; the others are counted as different, in quarantine if
 * they are there. A row that has other values than the copy was counted by the comparison already.
 */
final class SharedCopies {
    /** The most keys that are looked at, and the most rows that are stored. */
    static final int MOST = 1_000;

    /** The shard under which they are counted: none has this number. */
    private static final int SHARD = -1;

    private static final String FIND = """
            with backfleet_shared as materialized (
              select {keys} from {table} as {alias} group by {places} having count(*) > 1 limit {most}
            ), backfleet_judged as materialized (
              select {named}, {keyed}, {tenant} as tenant, {alias}.xmin as written, {alias}.tableoid as relation,
                     array[{point}] as point, ({finding}) as finding
              from backfleet_shared join {table} as {alias} on {same}
            ), backfleet_known as (
              select j.*, exists (select from backfleet.quarantine q
                                  where q.job_id = {checked} and q.relation = j.relation and q.key = j.point) as kept
              from backfleet_judged j where j.finding = 0
            ), backfleet_placed as (
              select k.*, row_number() over (partition by {named} order by k.kept, {ordered}) as place from backfleet_known k
            )
            select backfleet.reconcile_label(p.tenant), backfleet.written(p.written, {submitted}, {finished})::text,
                   p.relation::bigint, p.point, case when p.kept then 'QUARANTINED' else 'DIFFERENT' end
            from backfleet_placed p where p.place > 1 limit {most}
            """;

    // The columns that a key takes as they are: its values are as unique as theirs.
    private static final String TAKEN = """
            select a.attnum from pg_catalog.pg_attribute a
            join pg_catalog.pg_attribute t on t.attrelid = :into and t.attname = :name
            left join pg_catalog.pg_collation c on c.oid = t.attcollation
            where a.attrelid = :table and a.attnum > 0 and not a.attisdropped and coalesce(c.collisdeterministic, true)
              and :expression in (quote_ident(a.attname), '"' || replace(a.attname, '"', '""') || '"',
                                  :alias || '.' || quote_ident(a.attname))
              and (a.atttypid = t.atttypid and t.atttypmod in (-1, a.atttypmod)
                   or a.atttypid = any('{int2,int4,int8}'::regtype[]) and t.atttypid = any('{int2,int4,int8}'::regtype[]))
            """;

    private static final String UNIQUE = """
            select exists (
              select from pg_catalog.pg_index i
              where i.indrelid = :table and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null
                and i.indexprs is null
                and not exists (select from unnest(i.indkey) with ordinality k (number, place)
                                where k.place <= i.indnkeyatts and k.number <> all(cast(:taken as smallint[]))))
            """;

    private static final String FORGET =
            "delete from backfleet.reconcile_tenant where job_id = :job and shard = :shard";

    private static final String COUNT = """
            insert into backfleet.reconcile_tenant as t (job_id, tenant, shard, finding, written, rows)
            values (:job, :tenant, :shard, :finding, :written, 1)
            on conflict (job_id, tenant, shard, finding, written) do update set rows = t.rows + 1
            """;

    private static final String KEY = """
            insert into backfleet.reconcile_row (job_id, tenant, finding, written, relation, key)
            select :job, :tenant, :finding, :written, :relation, cast(:key as text[])
            where not exists (select from backfleet.reconcile_row r
                              where r.job_id = :job and r.finding = :finding and r.relation = :relation and r.key = cast(:key as text[]))
            """;

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)}");

    private final JobDefinition job;
    private final CompareRows compare;
    private final ComparedCopy copied;
    private final Map<String, ComparedColumn> values = new HashMap<>();
    private final List<Row> found = new ArrayList<>();

    /** Of a job that compares copies. */
    SharedCopies(JobDefinition job) {
        this.job = job;
        this.compare = job.compareRows();
        this.copied = Objects.requireNonNull(compare.copied(), "copied");
        compare.compared().forEach(column -> values.put(column.name(), column));
    }

    /**
     * Finds the rows, at most {@link #MOST}, and keeps them for {@link #store}. The table is not read if a unique index of it proves that there
     * are none.
     *
     * @param longest how long it may take
     * @return how many there are; nothing if it took longer
     */
    OptionalLong find(Handle handle, Duration longest) throws SQLException {
        found.clear();
        if (isUnique(handle)) {
            return OptionalLong.of(0);
        }
        handle.execute("set local statement_timeout = " + longest.toMillis());
        try (var statement = handle.getConnection().prepareStatement(text());
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(new Row(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getLong(3),
                        List.of((String[]) rows.getArray(4).getArray()),
                        rows.getString(5)));
            }
            return OptionalLong.of(found.size());
        } catch (SQLException e) {
            if (SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** Stores the rows that were found, as findings of a reconcile; those of an earlier look are replaced. */
    void store(Handle handle, long pass) {
        handle.createUpdate(FORGET).bind("job", pass).bind("shard", SHARD).execute();
        for (var row : found) {
            handle.createUpdate(COUNT)
                    .bind("job", pass)
                    .bind("tenant", row.tenant)
                    .bind("shard", SHARD)
                    .bind("finding", row.finding)
                    .bind("written", row.written)
                    .execute();
            handle.createUpdate(KEY)
                    .bind("job", pass)
                    .bind("tenant", row.tenant)
                    .bind("finding", row.finding)
                    .bind("written", row.written)
                    .bind("relation", row.relation)
                    .bindArray("key", String.class, row.key)
                    .execute();
        }
    }

    private boolean isUnique(Handle handle) {
        var taken = new ArrayList<Integer>();
        for (var key : copied.into().key()) {
            taken.addAll(handle.createQuery(TAKEN)
                    .bind("into", copied.into().oid())
                    .bind("name", key.name())
                    .bind("table", job.table().oid())
                    .bind("expression", value(key).expression().strip())
                    .bind("alias", Identifier.of(job.table().name()).toString())
                    .mapTo(Integer.class)
                    .list());
        }
        return handle.createQuery(UNIQUE)
                .bind("table", job.table().oid())
                .bind("taken", taken.stream().map(String::valueOf).collect(joining(",", "{", "}")))
                .mapTo(Boolean.class)
                .one();
    }

    private String text() {
        var order = new KeyOrder(job.key());
        var row = new RowAlias(job);
        var tenant = compare.tenant();
        var key = copied.into().key();
        var places = IntStream.rangeClosed(1, key.size()).boxed().toList();
        var placeholders = Map.ofEntries(
                Map.entry(
                        "keys",
                        places.stream()
                                .map(i -> computed(key.get(i - 1)) + collate(key.get(i - 1)) + " as backfleet_s" + i)
                                .collect(joining(", "))),
                Map.entry("places", places.stream().map(String::valueOf).collect(joining(", "))),
                Map.entry("named", places.stream().map(i -> "backfleet_s" + i).collect(joining(", "))),
                Map.entry(
                        "same",
                        places.stream()
                                .map(i -> key.get(i - 1).same("backfleet_s" + i, computed(key.get(i - 1))))
                                .collect(joining(" and "))),
                Map.entry("table", job.table().quoted()),
                Map.entry("alias", row.quoted()),
                Map.entry(
                        "tenant",
                        tenant == null
                                ? "null::text"
                                : row.quoted() + "." + Identifier.of(tenant).quoted() + "::text"),
                Map.entry(
                        "point",
                        order.each(i -> row.key(i) + "::" + order.column(i).type() + "::text")),
                Map.entry("keyed", order.each(i -> row.key(i) + " as backfleet_o" + i)),
                Map.entry("ordered", order.each(i -> "k.backfleet_o" + i)),
                Map.entry("finding", RowJudgement.finding(job)),
                Map.entry("checked", String.valueOf(compare.job())),
                Map.entry("submitted", id(compare.submittedXid())),
                Map.entry("finished", id(compare.finishedXid())),
                Map.entry("most", String.valueOf(MOST)));
        return PLACEHOLDER
                .matcher(FIND)
                .replaceAll(match -> Matcher.quoteReplacement(placeholders.getOrDefault(match.group(1), "")));
    }

    private String computed(CopyKey key) {
        var value = value(key);
        return "cast(" + SqlExpression.parse(value.expression()).jdbcParenthesized() + " as " + value.type() + ")";
    }

    private ComparedColumn value(CopyKey key) {
        return Objects.requireNonNull(values.get(key.name()), key.name());
    }

    private static String collate(CopyKey key) {
        return key.collation() == null ? "" : " collate " + key.collation();
    }

    private static String id(@Nullable Long transaction) {
        return transaction == null ? "null" : transaction.toString();
    }

    /** A row without a copy of its own. */
    private record Row(String tenant, String written, long relation, List<String> key, String finding) {}
}
