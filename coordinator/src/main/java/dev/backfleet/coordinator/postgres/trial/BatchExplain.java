package dev.backfleet.coordinator.postgres.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.batch.BatchStatement;
import dev.backfleet.common.postgres.batch.Start;
import dev.backfleet.coordinator.forecast.BatchPlan;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Has PostgreSQL plan the statement of a batch, with the values of a place of the table. It is not executed. */
final class BatchExplain {
    private static final int ROWS = 1_000;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final TrialSession session;
    private final JobDefinition job;

    BatchExplain(TrialSession session, JobDefinition job) {
        this.session = session;
        this.job = job;
    }

    /** The plan at a place; nothing if PostgreSQL does not plan it. */
    Optional<BatchPlan> at(TrialPlace place) {
        var plan = new AtomicReference<@Nullable BatchPlan>();
        session.rolledBack(place, () -> {
            var rows = Math.min(ROWS, job.batchMaxRows());
            var sql = BatchStatement.of(job, place.leaf(), Start.AFTER_A_ROW, false);
            var root = parsed(String.join("", explained("explain (format json) " + sql, place, rows)));
            plan.set(read(root, place, rows, explained("explain " + sql, place, rows)));
            return new Attempt(0, 0, 0, 0, Duration.ZERO, null, null);
        });
        return Optional.ofNullable(plan.get());
    }

    private List<String> explained(String sql, TrialPlace place, int rows) throws SQLException {
        try (var statement = session.connection().prepareStatement(sql)) {
            session.bind(statement, place, rows);
            var lines = new ArrayList<String>();
            try (var result = statement.executeQuery()) {
                while (result.next()) {
                    lines.add(result.getString(1));
                }
            }
            return lines;
        }
    }

    private static BatchPlan read(JsonNode root, TrialPlace place, int rows, List<String> lines) {
        var scan = below(part(root, "CTE backfleet_nth"));
        var change = part(root, "CTE backfleet_change");
        var update = below(change);
        var scans = indexScans(update).toList();
        return new BatchPlan(
                place.leaf().shown(),
                rows,
                scan.path("Node Type").asText(),
                indexScans(scan).map(BatchExplain::index).findFirst().orElse(null),
                update.path("Node Type").asText(),
                scans.stream().map(BatchExplain::index).findFirst().orElse(null),
                !scans.isEmpty() && scans.stream().allMatch(node -> node.has("Index Cond")),
                update.path("Plan Rows").asLong(),
                lines);
    }

    private static JsonNode parsed(String json) {
        try {
            return MAPPER.readTree(json).path(0).path("Plan");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL's plan is no JSON", e);
        }
    }

    private static JsonNode part(JsonNode node, String name) {
        if (node.path("Subplan Name").asText().equals(name)) {
            return node;
        }
        for (var child : node.path("Plans")) {
            var found = part(child, name);
            if (!found.isMissingNode()) {
                return found;
            }
        }
        return MAPPER.missingNode();
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
                .orElse(MAPPER.missingNode());
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
