package dev.backfleet.coordinator.postgres.trial;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.batch.BatchSession;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.forecast.BatchPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.postgresql.util.PSQLException;

/**
 * Has PostgreSQL plan the statement of a batch, under the settings of a worker. It is not executed, and its plan does not depend on the
 * batch's keys: the planner does not see them, since the statement reads them from a common table expression.
 */
public final class BatchExplain {
    private static final int ROWS = 1_000;

    private static final String LARGEST = """
            select c.oid::bigint from pg_catalog.pg_class c
            where c.oid = any(:leaves) and c.relkind = 'r' and pg_catalog.pg_relation_size(c.oid) > 0
            order by pg_catalog.pg_relation_size(c.oid) desc, c.oid limit 1
            """;

    private final Handle handle;
    private final JobDefinition job;
    private final int rows;

    public BatchExplain(Handle handle, JobDefinition job) {
        this.handle = handle;
        this.job = job;
        this.rows = Math.min(ROWS, job.mostRowsOfBatch());
    }

    /** The plan for the largest of some leaves; nothing if they are empty, or PostgreSQL does not plan it for this role. */
    public Optional<BatchPlan> of(List<JobDefinition.Table> leaves) {
        return handle.createQuery(LARGEST)
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .mapTo(Long.class)
                .findOne()
                .flatMap(
                        oid -> leaves.stream().filter(leaf -> leaf.oid() == oid).findFirst())
                .flatMap(this::of);
    }

    private Optional<BatchPlan> of(JobDefinition.Table leaf) {
        try {
            handle.execute("start transaction read only");
            try {
                for (var setting : BatchSession.statements()) {
                    handle.execute(setting);
                }
                return Optional.of(planned(handle.getConnection(), leaf));
            } finally {
                handle.execute("rollback");
            }
        } catch (PSQLException e) {
            if (e.getServerErrorMessage() == null) {
                throw new ConnectionException(e);
            }
            return Optional.empty();
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private BatchPlan planned(Connection connection, JobDefinition.Table leaf) throws SQLException {
        var sql = BatchStatement.of(job, leaf, Start.AFTER_A_ROW, false);
        var root = PlanJson.parsed(String.join("", explained(connection, "explain (format json) " + sql)))
                .path("Plan");
        var scan = below(PlanJson.part(root, "CTE backfleet_nth"));
        var update = below(finding(root));
        var byRange = isByRange(update);
        return new BatchPlan(
                leaf.shown(),
                rows,
                scan.path("Node Type").asText(),
                indexScans(scan).map(BatchExplain::index).findFirst().orElse(null),
                update.path("Node Type").asText(),
                indexScans(update).map(BatchExplain::index).findFirst().orElse(null),
                byRange,
                byRange ? rows : matching(connection, leaf),
                update.path("Plan Rows").asLong(),
                explained(connection, "explain " + sql));
    }

    // A job that keeps old values, or copies rows, finds its rows before it changes them.
    private static JsonNode finding(JsonNode root) {
        return Stream.of("CTE backfleet_before", "CTE backfleet_source", "CTE backfleet_change")
                .map(part -> PlanJson.part(root, part))
                .filter(part -> !part.isMissingNode())
                .findFirst()
                .orElse(PlanJson.none());
    }

    private List<String> explained(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement);
            return lines(statement);
        }
    }

    private void bind(PreparedStatement statement) throws SQLException {
        statement.setLong(1, 0);
        statement.setInt(2, 1);
        statement.setLong(3, 0);
        statement.setArray(4, statement.getConnection().createArrayOf("text", new String[0]));
        statement.setInt(5, rows);
        statement.setDouble(6, 1);
        BatchStatement.bindPass(statement, 7, job, 0);
    }

    private static List<String> lines(PreparedStatement statement) throws SQLException {
        var lines = new ArrayList<String>();
        try (var result = statement.executeQuery()) {
            while (result.next()) {
                lines.add(result.getString(1));
            }
        }
        return lines;
    }

    // Without a range of the key, each batch reads all rows that the job's condition selects.
    private long matching(Connection connection, JobDefinition.Table leaf) throws SQLException {
        var where = job.work().where();
        var sql = "explain (format json) select from only " + leaf.quoted() + " as " + new RowAlias(job).quoted()
                + (where == null ? "" : " where " + SqlExpression.parse(where).jdbcParenthesized());
        try (var statement = connection.prepareStatement(sql)) {
            return PlanJson.parsed(lines(statement).stream().collect(joining()))
                    .path("Plan")
                    .path("Plan Rows")
                    .asLong();
        }
    }

    // Of a bitmap of several indexes, one with a range is enough; of one of several ranges, each must have one.
    private boolean isByRange(JsonNode node) {
        if (node.has("Index Name")) {
            return namesKey(node.path("Index Cond").asText());
        }
        var below = children(node).toList();
        return !below.isEmpty()
                && (node.path("Node Type").asText().equals("BitmapAnd")
                        ? below.stream().anyMatch(this::isByRange)
                        : below.stream().allMatch(this::isByRange));
    }

    private boolean namesKey(String condition) {
        var column = Identifier.of(job.key().get(0).name());
        return Pattern.compile("(?<![\\w\"])(?:" + Pattern.quote(column.toString()) + "|"
                        + Pattern.quote(column.quoted()) + ")(?![\\w\"])")
                .matcher(condition)
                .find();
    }

    // The node that reads the table: below the limit, the update, a join with the range, a sort.
    private static JsonNode below(JsonNode node) {
        if (node.has("Relation Name") && !node.path("Node Type").asText().equals("ModifyTable")) {
            return node;
        }
        return children(node)
                .map(BatchExplain::below)
                .filter(found -> !found.isMissingNode())
                .findFirst()
                .orElse(PlanJson.none());
    }

    // A bitmap heap scan reads the indexes below it: one for each arm of a composite key's range.
    private static Stream<JsonNode> indexScans(JsonNode node) {
        return Stream.concat(
                node.has("Index Name") ? Stream.of(node) : Stream.empty(),
                children(node).flatMap(BatchExplain::indexScans));
    }

    // Without those of expressions, which are no part of the scan.
    private static Stream<JsonNode> children(JsonNode node) {
        return StreamSupport.stream(node.path("Plans").spliterator(), false)
                .filter(child -> !child.path("Parent Relationship").asText().matches("SubPlan|InitPlan"));
    }

    private static String index(JsonNode node) {
        return node.path("Index Name").asText();
    }
}
