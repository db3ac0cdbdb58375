package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.postgres.key.KeySpace;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Counts the rows in a job's range that still need its change: the condition holds for them, and would not after the change.
 * Only possible if the condition distinguishes changed rows from unchanged ones.
 */
final class MatchingRows {
    /** Counting stops here. */
    static final int MOST = 1_000;

    private static final int SAMPLED_PAGES = 400;

    private static final String PAGES =
            "select greatest(1, pg_relation_size(:relation::oid) / current_setting('block_size')::int)";

    private static final String COLUMNS = """
            select p.name, p.type from backfleet.job j, jsonb_to_recordset(j.pinned) as p (name text, type text) where j.id = :job
            """;

    private static final String COUNT = """
            select count(*) from (
              select 1 from only {relation} as {alias}{sample}
              where {where}
                and case
                  when not exists (select from backfleet.shard s, (select {keys}) k
                                   where s.job_id = ? and s.relation = ?::oid and {inside}) then false
                  when array[{point}] in (select q.key from backfleet.quarantine q
                                          where q.job_id = ? and q.relation = ?::oid) then false
                  else {needed}
                end
              limit {most}) found
            """;

    // CASE keeps PostgreSQL from computing the change of a row that is in quarantine, where it failed, or beyond the
    // range.
    private static final String WOULD_NOT_HOLD = "not exists (select from (select {changed}) as {alias} where {where})";

    private final Handle handle;
    private final long job;
    private final JobDefinition definition;
    private final SqlExpression where;
    private final Map<String, String> types;

    MatchingRows(Handle handle, long job, JobDefinition definition, String where) {
        this.handle = handle;
        this.job = job;
        this.definition = definition;
        this.where = SqlExpression.parse(where);
        this.types = handle
                .createQuery(COLUMNS)
                .bind("job", job)
                .map((row, context) -> Map.entry(row.getString("name"), row.getString("type")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Whether the condition distinguishes changed rows from unchanged ones: it names a column that is set, and no expression
     * computes a new value from an old one. With {@code n = n + 1} and {@code n < 5}, a row that was changed once
     * looks like one that was never changed.
     */
    static boolean tellsChangedRows(JobDefinition definition, String where) {
        var row = definition.table().name();
        var columns = Set.copyOf(definition.work().columns());
        var names = SqlExpression.parse(where).names();
        return (names.contains(row) || columns.stream().anyMatch(names::contains))
                && definition.work().set().stream()
                        .map(set -> SqlExpression.parse(set.expression()).names())
                        .allMatch(
                                read -> !read.contains(row) && columns.stream().noneMatch(read::contains));
    }

    /**
     * The number of such rows in a table, at most {@link #MOST}.
     *
     * @param sampled whether to read only some of its pages
     * @param computed whether the change of each row is computed; without it, rows are counted for which the condition holds
     * @param millis how long it may take
     * @return nothing if it took longer
     */
    OptionalLong in(JobDefinition.Table relation, boolean sampled, boolean computed, long millis) throws SQLException {
        handle.execute("set local statement_timeout = " + millis);
        var sample = sampled ? sample(relation) : "";
        // What a copy writes back is known only when it is there.
        var needed = computed && definition.work().kind() != Work.Kind.COPY_ROWS ? WOULD_NOT_HOLD : "true";
        try (var statement = handle.getConnection().prepareStatement(text(relation, sample, needed))) {
            for (var i = 1; i <= 4; i += 2) {
                statement.setLong(i, job);
                statement.setLong(i + 1, relation.oid());
            }
            try (var rows = statement.executeQuery()) {
                rows.next();
                return OptionalLong.of(rows.getLong(1));
            }
        } catch (SQLException e) {
            if (SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private String sample(JobDefinition.Table relation) {
        var pages = handle.createQuery(PAGES)
                .bind("relation", relation.oid())
                .mapTo(Double.class)
                .one();
        return String.format(Locale.ROOT, " tablesample system (%.6f)", Math.min(100, 100 * SAMPLED_PAGES / pages));
    }

    private String text(JobDefinition.Table relation, String sample, String needed) {
        var space = new KeySpace(definition, relation);
        var row = new RowAlias(definition);
        var parts = Map.of(
                "{relation}",
                space.relation(),
                "{alias}",
                row.quoted(),
                "{sample}",
                sample,
                "{changed}",
                types.keySet().stream()
                        .map(name ->
                                afterChange(name) + " as " + Identifier.of(name).quoted())
                        .collect(joining(", ")),
                "{keys}",
                key(row, name -> " as " + Identifier.of(name).quoted()),
                "{point}",
                key(row, name -> "::text"),
                "{inside}",
                space.upTo("s.upper"),
                "{most}",
                String.valueOf(MOST));
        // Text of the spec is inserted last, since it may contain anything, the name of a placeholder too.
        var text = COUNT.replace("{needed}", needed);
        for (var name : List.of("{relation}", "{alias}", "{sample}", "{keys}", "{point}", "{inside}", "{most}")) {
            text = text.replace(name, parts.getOrDefault(name, ""));
        }
        var pieces = List.of(text.split("(?=\\{where}|\\{changed})|(?<=\\{where}|\\{changed})", -1));
        return pieces.stream()
                .map(piece -> piece.equals("{where}")
                        ? where.jdbcParenthesized()
                        : piece.equals("{changed}") ? parts.getOrDefault("{changed}", "") : piece)
                .collect(joining());
    }

    private String key(RowAlias row, Function<String, String> after) {
        return definition.key().stream()
                .map(column -> row.quoted() + "." + Identifier.of(column.name()).quoted() + after.apply(column.name()))
                .collect(joining(", "));
    }

    private String afterChange(String name) {
        for (var set : definition.work().set()) {
            if (set.column().equals(name)) {
                return "cast(" + SqlExpression.parse(set.expression()).jdbcParenthesized() + " as " + types.get(name)
                        + ")";
            }
        }
        return Identifier.of(definition.table().name()).quoted() + "."
                + Identifier.of(name).quoted();
    }
}
