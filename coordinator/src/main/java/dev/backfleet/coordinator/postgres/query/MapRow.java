package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.coordinator.query.ShardMap;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a look about where in its key space a job {@code j} is. */
final class MapRow {

    static final String OF_JOB = """
            select jm.map_width, jm.map_next, jm.pruned_at is not null as map_pruned,
                   m.total as map_total, m.done as map_done, m.in_flight as map_in_flight, m.failed as map_failed
            from backfleet.job jm
            left join lateral backfleet.shard_map(jm.id, jm.map_width) m on jm.map_width is not null and jm.map_next is null
            where jm.id = j.id
            """;

    private MapRow() {}

    static ShardMap read(ResultSet row) throws SQLException {
        if (row.getArray("map_total") == null) {
            return ShardMap.none(why(row));
        }
        return new ShardMap(
                row.getInt("map_width"),
                counts(row, "map_total"),
                counts(row, "map_done"),
                counts(row, "map_in_flight"),
                counts(row, "map_failed"),
                null);
    }

    private static @Nullable String why(ResultSet row) throws SQLException {
        if (row.getBoolean("map_pruned")) {
            return "its shards were pruned";
        }
        var next = row.getObject("map_next", Integer.class);
        if (next == null) {
            return row.getInt("total") == 0
                    ? null
                    : "planned by an earlier release: a coordinator of this one counts its shards";
        }
        var total = Math.max(1, row.getInt("total"));
        return "the leading coordinator counts the shards: " + Math.min(100, 100L * (next - 1) / total) + " %";
    }

    private static List<Integer> counts(ResultSet row, String column) throws SQLException {
        return List.of((Integer[]) row.getArray(column).getArray());
    }
}
