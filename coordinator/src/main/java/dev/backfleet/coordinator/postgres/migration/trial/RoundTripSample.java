package dev.backfleet.coordinator.postgres.migration.trial;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Loss;
import dev.backfleet.coordinator.migration.plan.MigrationLook.RoundTrip;
import dev.backfleet.coordinator.migration.step.TableShape;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Computes the new shape of some rows and the old one from it, in a read-only transaction: {@code up} is evaluated over the row as it is,
 * {@code down} over the row with the new columns, both as a row with the name of the table. Values are compared byte by byte.
 */
public final class RoundTripSample {
    private static final String SAMPLE = """
            select count(*), {counts}
            from (select {key} as backfleet_key, {lost}
                  from (select {old-columns}, {new-columns}
                        from ({sample}) as {name}
                        cross join lateral (select {up}) as backfleet_up) as {name}
                  cross join lateral (select {down}) as backfleet_down) as backfleet_rows
            """;

    private static final Pattern PART = Pattern.compile("\\{([a-z-]+)\\}");

    private final Migration migration;
    private final TableShape table;
    private final TableSample sample;
    private final List<Identifier> back;

    public RoundTripSample(Migration migration, TableShape table, List<Identifier> key) {
        this.migration = migration;
        this.table = table;
        this.sample = new TableSample(migration, table, key);
        this.back = List.copyOf(migration.down().keySet());
    }

    /** Takes it. */
    public RoundTrip taken(Database database) {
        return database.read(connection -> {
            try (var statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute("start transaction read only");
                try {
                    return taken(connection, statement);
                } finally {
                    // An expression that writes ends the connection: such an error is also that of a server that is a
                    // standby.
                    if (!connection.isClosed()) {
                        statement.execute("rollback");
                    }
                }
            }
        });
    }

    private RoundTrip taken(Connection connection, Statement statement) throws SQLException {
        try {
            sample.limit(statement);
            return counted(statement, sample.rows(statement));
        } catch (SQLException e) {
            if (connection.isClosed() && !SqlStateCodes.READ_ONLY.equals(e.getSQLState())) {
                throw e;
            }
            return new RoundTrip(0, Map.of(), Optional.of(sample.words(e)));
        }
    }

    private RoundTrip counted(Statement statement, String sampled) throws SQLException {
        try (var row = statement.executeQuery(query(sampled))) {
            row.next();
            var lost = new HashMap<Identifier, Loss>();
            for (var i = 0; i < back.size(); i++) {
                var rows = row.getLong(2 + 2 * i);
                if (rows > 0) {
                    lost.put(
                            back.get(i),
                            new Loss(
                                    rows,
                                    Optional.ofNullable(row.getString(3 + 2 * i))
                                            .orElse("")));
                }
            }
            return new RoundTrip(row.getLong(1), lost, Optional.empty());
        }
    }

    private String query(String sampled) {
        var name = table.name().name().quoted();
        var parts = Map.of(
                "counts", each("count(*) filter (where %1$s), min(backfleet_key) filter (where %1$s)"),
                "key", sample.key(name),
                "lost",
                        IntStream.range(0, back.size())
                                .mapToObj(i -> "row(" + name + "." + back.get(i).quoted()
                                        + ")::record operator(pg_catalog.*<>) row(backfleet_down."
                                        + back.get(i).quoted()
                                        + ")::record as " + lost(i))
                                .collect(Collectors.joining(", ")),
                "old-columns", sample.columns(name),
                "new-columns",
                        columns("backfleet_up", List.copyOf(migration.to().keySet())),
                "name", name,
                "sample", sampled,
                "up", up(),
                "down", down());
        // In one pass: the text of an expression may look like a part.
        return PART.matcher(SAMPLE).replaceAll(part -> Matcher.quoteReplacement(parts.get(part.group(1))));
    }

    private String up() {
        return migration.to().entrySet().stream()
                .map(to -> value(
                        to.getValue().up(),
                        Objects.requireNonNull(table.made().types().get(to.getKey()), "the type of a new column")
                                .text(),
                        to.getKey()))
                .collect(Collectors.joining(", "));
    }

    private String down() {
        return migration.down().entrySet().stream()
                .map(down -> value(
                        down.getValue(),
                        table.column(down.getKey()).orElseThrow().type(),
                        down.getKey()))
                .collect(Collectors.joining(", "));
    }

    private String each(String text) {
        return IntStream.range(0, back.size())
                .mapToObj(i -> text.formatted(lost(i)))
                .collect(Collectors.joining(", "));
    }

    private static String lost(int column) {
        return "backfleet_lost_" + column;
    }

    private static String columns(String of, List<Identifier> columns) {
        return columns.stream().map(column -> of + "." + column.quoted()).collect(Collectors.joining(", "));
    }

    private static String value(SqlExpression expression, String type, Identifier as) {
        return "(" + expression.text() + "\n)::" + type + " as " + as.quoted();
    }
}
