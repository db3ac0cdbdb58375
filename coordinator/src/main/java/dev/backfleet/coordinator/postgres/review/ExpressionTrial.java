package dev.backfleet.coordinator.postgres.review;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.pin.state.Matching;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.postgresql.util.PSQLException;

/**
 * Asks PostgreSQL about the expressions of a job, in transactions that cannot write: how it would read the tables of sub-selects,
 * and whether rows still match the condition after the change.
 */
public final class ExpressionTrial {
    private static final String NAME = "(?:\"(?:[^\"]|\"\")+\"|[^\\s.\"]+)";
    private static final Pattern WHOLE = Pattern.compile("Seq Scan on (" + NAME + "\\." + NAME + ")");

    private static final String LARGE = """
            select n.name from unnest(?) n (name) join pg_catalog.pg_class c on c.oid = to_regclass(n.name)
            where pg_relation_size(c.oid) >= ?::bigint * current_setting('block_size')::bigint order by 1
            """;

    private static final String COLUMNS = """
            select a.attname::text, format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
            where a.attrelid = ?::oid and a.attnum > 0 and not a.attisdropped order by a.attnum
            """;

    private static final int SAMPLED = 100;
    private static final String TIMEOUT = "set local statement_timeout = '2s'";

    private final Connection connection;
    private final JobDefinition job;
    private final JobDefinition.Table leaf;
    private final String row;

    public ExpressionTrial(Handle handle, JobDefinition job, JobDefinition.Table leaf) {
        this.connection = handle.getConnection();
        this.job = job;
        this.leaf = leaf;
        this.row = Identifier.of(job.table().name()).quoted();
    }

    /**
     * The large tables that the sub-selects of the expressions read from beginning to end, quoted where they must be.
     *
     * @param pages from how many pages on a table is large
     */
    public List<String> readInFull(long pages) {
        if (job.work().expressions().stream()
                .noneMatch(expression -> expression.names().contains("select"))) {
            return List.of();
        }
        var values = job.work().set().stream()
                .map(assignment -> SqlExpression.parse(assignment.expression()).jdbcParenthesized())
                .collect(joining(", "));
        var sql = "explain (costs off, verbose) select " + values + " from only " + leaf.quoted() + " as " + row
                + where() + " limit " + SAMPLED;
        return asked(() -> {
                    var names = new TreeSet<String>();
                    try (var statement = connection.prepareStatement(sql);
                            var lines = statement.executeQuery()) {
                        while (lines.next()) {
                            WHOLE.matcher(lines.getString(1)).results().forEach(match -> names.add(match.group(1)));
                        }
                    }
                    names.remove(leaf.shown());
                    return names.isEmpty() ? List.<String>of() : large(names, pages);
                })
                .orElse(List.of());
    }

    /** How many of some rows that match the condition still match it after the change; nothing if that cannot be computed. */
    public Optional<Matching> matching() {
        // What a copy writes back is known only when it is there.
        if (job.work().where() == null || job.work().kind() == Work.Kind.COPY_ROWS) {
            return Optional.empty();
        }
        return asked(() -> {
            var set = job.work().set().stream().collect(Collectors.toMap(Assignment::column, Assignment::expression));
            var changed = columns(set).stream().collect(joining(", "));
            var found = "select * from only " + leaf.quoted() + " as " + row + where() + " limit " + SAMPLED;
            var sql = "select count(*), count(*) filter (where " + condition() + ") from (select " + changed + " from ("
                    + found + ") as " + row + ") as " + row;
            try (var statement = connection.prepareStatement(sql);
                    var counts = statement.executeQuery()) {
                counts.next();
                return new Matching(counts.getLong(1), counts.getLong(2));
            }
        });
    }

    private List<String> columns(Map<String, String> set) throws SQLException {
        var columns = new ArrayList<String>();
        try (var statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, leaf.oid());
            try (var found = statement.executeQuery()) {
                while (found.next()) {
                    var name = found.getString(1);
                    var quoted = Identifier.of(name).quoted();
                    var expression = set.get(name);
                    columns.add(
                            expression == null
                                    ? row + "." + quoted
                                    : SqlExpression.parse(expression).jdbcParenthesized() + "::" + found.getString(2)
                                            + " as " + quoted);
                }
            }
        }
        return columns;
    }

    private List<String> large(Set<String> names, long pages) throws SQLException {
        try (var statement = connection.prepareStatement(LARGE)) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            statement.setLong(2, pages);
            var large = new ArrayList<String>();
            try (var found = statement.executeQuery()) {
                while (found.next()) {
                    large.add(found.getString(1));
                }
            }
            return large;
        }
    }

    private String where() {
        return job.work().where() == null ? "" : " where " + condition();
    }

    private String condition() {
        return SqlExpression.parse(String.valueOf(job.work().where())).jdbcParenthesized();
    }

    // What PostgreSQL does not accept in this form, or not in time, stays unknown: the other checks have accepted the
    // spec.
    private <T> Optional<T> asked(Question<T> question) {
        try (var statement = connection.createStatement()) {
            statement.execute("start transaction read only");
            try {
                statement.execute(TIMEOUT);
                return Optional.of(question.ask());
            } catch (PSQLException e) {
                if (e.getServerErrorMessage() == null) {
                    throw e;
                }
                return Optional.empty();
            } finally {
                if (!connection.isClosed()) {
                    statement.execute("rollback");
                }
            }
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws SQLException;
    }
}
