package dev.backfleet.coordinator.postgres.contract;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.contract.ContractFacts.Statements;
import dev.backfleet.coordinator.postgres.Moments;
import dev.backfleet.coordinator.postgres.StatementStatistics;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Compares what pg_stat_statements has counted of statements that name an old column with what it had counted at the last look. When one
 * was counted meanwhile, or when the extension has forgotten statements, the time begins anew.
 */
final class CountedStatements {
    private static final int SHOWN = 100;

    // Statements of Backfleet, and those that change definitions, are no readers of a column.
    private static final String CALLS = """
            select s.userid || '/' || s.queryid as statement, sum(s.calls) as calls, min(s.query) as query,
                   bool_or(s.query = '<insufficient privilege>') as hidden, bool_or(s.query ~* :columns) as names,
                   bool_or(s.query ~* '(select|returning|,)\\s*([[:alnum:]_".]+\\.)?\\*') as star
            from {schema}.pg_stat_statements s
            where s.dbid = (select oid from pg_catalog.pg_database where datname = current_database())
              and (s.query = '<insufficient privilege>'
                or s.query ~* :table and s.query not like '%backfleet%'
                  and s.query !~* '^\\s*(alter|create|drop|comment|grant|revoke|lock|analyze|vacuum|explain|reindex)\\M')
            group by s.userid, s.queryid
            """;

    private static final String FORGOTTEN_BEFORE_14 = "select 0 as dealloc, null::timestamptz as stats_reset";

    private static final String FORGOTTEN = "select dealloc, stats_reset from {schema}.pg_stat_statements_info";

    private static final String KNOWN = """
            select statements_since, deallocated, counted_since from backfleet.migration_contract
            where migration_id = :id and statements_since is not null
            """;

    private static final String KNOWN_CALLS =
            "select statement, calls from backfleet.migration_statement where migration_id = :id";

    private static final String BEGIN_ANEW = """
            insert into backfleet.migration_contract (migration_id, statements_since, deallocated, counted_since)
            values (:id, clock_timestamp(), :deallocated, :since)
            on conflict (migration_id) do update
            set statements_since = excluded.statements_since, deallocated = excluded.deallocated, counted_since = excluded.counted_since
            returning statements_since
            """;

    private static final String FORGET = "delete from backfleet.migration_statement where migration_id = :id";

    private static final String REMEMBER =
            "insert into backfleet.migration_statement (migration_id, statement, calls) values (:id, :statement, :calls)";

    private final Handle handle;
    private final long migration;

    CountedStatements(Handle handle, long migration) {
        this.handle = handle;
        this.migration = migration;
    }

    /** What was counted since the last look. */
    Statements of(Collection<Identifier> columns, Identifier table) {
        var schema = handle.createQuery(StatementStatistics.SCHEMA)
                .mapTo(String.class)
                .findFirst();
        return schema.isEmpty()
                ? unknown("pg_stat_statements is not installed in this database, or not loaded by the server")
                : compared(Identifier.of(schema.get()).escaped(), columns, table);
    }

    private Statements compared(String schema, Collection<Identifier> columns, Identifier table) {
        var counted = handle.createQuery(CALLS.replace("{schema}", schema))
                .bind("columns", Words.any(columns))
                .bind("table", Words.any(List.of(table)))
                .map((row, context) -> counted(row))
                .list();
        if (counted.stream().anyMatch(Counted::hidden)) {
            return unknown("this role may not see the statements of others: grant pg_read_all_stats to it");
        }
        var naming = counted.stream().filter(Counted::names).toList();
        var stars = counted.stream().filter(Counted::star).count();
        var forgotten = forgotten(schema);
        var known = known();
        if (known.isEmpty()) {
            return new Statements(null, begin(naming, forgotten), List.of(), stars);
        }
        var called = called(naming, calls());
        if (!called.isEmpty()) {
            begin(naming, forgotten);
            return new Statements(null, null, called, stars);
        }
        if (!known.get().forgotten().equals(forgotten)) {
            begin(naming, forgotten);
            return unknown(
                    "pg_stat_statements has forgotten statements or was reset since the last look: raise pg_stat_statements.max");
        }
        return new Statements(null, known.get().since(), List.of(), stars);
    }

    private static List<String> called(List<Counted> now, Map<String, Long> before) {
        var called = new ArrayList<String>();
        for (var one : now) {
            var more = one.calls() - before.getOrDefault(one.statement(), 0L);
            if (more > 0) {
                var text = one.query().replaceAll("\\s+", " ").strip();
                called.add(more + " × " + (text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text));
            }
        }
        return called;
    }

    private Instant begin(List<Counted> naming, Forgotten forgotten) {
        handle.createUpdate(FORGET).bind("id", migration).execute();
        naming.forEach(one -> handle.createUpdate(REMEMBER)
                .bind("id", migration)
                .bind("statement", one.statement())
                .bind("calls", one.calls())
                .execute());
        return handle.createQuery(BEGIN_ANEW)
                .bind("id", migration)
                .bind("deallocated", forgotten.deallocated())
                .bind(
                        "since",
                        forgotten.reset() == null ? null : forgotten.reset().atOffset(ZoneOffset.UTC))
                .map((row, context) -> Objects.requireNonNull(Moments.of(row, "statements_since")))
                .one();
    }

    private Forgotten forgotten(String schema) {
        var known = handle.createQuery("select to_regclass(:view) is not null")
                .bind("view", schema + ".pg_stat_statements_info")
                .mapTo(Boolean.class)
                .one();
        return handle.createQuery(known ? FORGOTTEN.replace("{schema}", schema) : FORGOTTEN_BEFORE_14)
                .map((row, context) -> new Forgotten(row.getLong("dealloc"), Moments.of(row, "stats_reset")))
                .one();
    }

    private Optional<Known> known() {
        return handle.createQuery(KNOWN)
                .bind("id", migration)
                .map((row, context) -> new Known(
                        Objects.requireNonNull(Moments.of(row, "statements_since")),
                        new Forgotten(row.getLong("deallocated"), Moments.of(row, "counted_since"))))
                .findFirst();
    }

    private Map<String, Long> calls() {
        var calls = new HashMap<String, Long>();
        handle.createQuery(KNOWN_CALLS)
                .bind("id", migration)
                .map((row, context) -> calls.put(row.getString("statement"), row.getLong("calls")))
                .list();
        return calls;
    }

    private static Statements unknown(String why) {
        return new Statements(why, null, List.of(), 0);
    }

    private static Counted counted(ResultSet row) throws SQLException {
        return new Counted(
                String.valueOf(row.getString("statement")),
                row.getLong("calls"),
                row.getString("query"),
                row.getBoolean("hidden"),
                row.getBoolean("names"),
                row.getBoolean("star"));
    }

    private record Counted(String statement, long calls, String query, boolean hidden, boolean names, boolean star) {}

    private record Forgotten(long deallocated, @Nullable Instant reset) {}

    private record Known(Instant since, Forgotten forgotten) {}
}
