package dev.backfleet.coordinator.postgres.plan;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.ComparedColumn;
import dev.backfleet.common.postgres.key.RowAlias;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Counts copies that are of no row: the row was deleted, and its copy was not. A scan of the rows does not meet them. Rows of the other
 * table that were never copies count as well.
 */
final class OrphanedCopies {
    /** Counting stops here. */
    static final int MOST = 1_000;

    private OrphanedCopies() {}

    /**
     * The number of such copies, at most {@link #MOST}.
     *
     * @param job a job that compares copies
     * @param longest how long it may take
     * @return nothing if it took longer
     */
    static OptionalLong count(Handle handle, JobDefinition job, Duration longest) throws SQLException {
        handle.execute("set local statement_timeout = " + longest.toMillis());
        try (var statement = handle.getConnection().prepareStatement(text(job));
                var rows = statement.executeQuery()) {
            rows.next();
            return OptionalLong.of(rows.getLong(1));
        } catch (SQLException e) {
            if (SqlStateCodes.CANCELLED.equals(e.getSQLState())) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    private static String text(JobDefinition job) {
        var compare = job.compareRows();
        var copied = Objects.requireNonNull(compare.copied(), "copied");
        var values = compare.compared().stream().collect(Collectors.toMap(ComparedColumn::name, Function.identity()));
        var same = copied.into().key().stream()
                .map(key -> {
                    var value = Objects.requireNonNull(values.get(key.name()), key.name());
                    return key.same(
                            "backfleet_t." + Identifier.of(key.name()).quoted(),
                            "cast(" + SqlExpression.parse(value.expression()).jdbcParenthesized() + " as "
                                    + value.type() + ")");
                })
                .collect(joining(" and "));
        return "select count(*) from (select 1 from " + copied.into().quoted()
                + " as backfleet_t where not exists (select from "
                + job.table().quoted() + " as " + new RowAlias(job).quoted() + " where " + same + ") limit " + MOST
                + ") backfleet_o";
    }
}
