package dev.backfleet.worker.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a standby has answered to the statement that reads a batch's rows.
 *
 * @param recovering whether it is a standby
 * @param replayedAt the time of the last transaction that it has replayed; null: none since its start
 * @param point the end of the range that was read; null: it could not be read
 * @param last whether that is the end of the shard
 * @param walked rows read
 * @param judged rows of them that could be judged
 * @param sums what is wrong, as JSON; null: nothing
 * @param points keys of some of these rows, as JSON
 */
record StandbyAnswer(
        boolean recovering,
        @Nullable String replayedAt,
        @Nullable List<String> point,
        boolean last,
        long walked,
        long judged,
        @Nullable String sums,
        @Nullable String points) {

    static StandbyAnswer of(ResultSet row) throws SQLException {
        return new StandbyAnswer(
                row.getBoolean("recovering"),
                row.getString("replayed_at"),
                row.getArray("point") == null ? null : texts(row, "point"),
                row.getBoolean("last"),
                row.getLong("walked"),
                row.getLong("changed"),
                row.getString("sums"),
                row.getString("points"));
    }

    static StandbyAnswer nothing(boolean recovering, @Nullable String replayedAt) {
        return new StandbyAnswer(recovering, replayedAt, null, false, 0, 0, null, null);
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return List.of((String[]) row.getArray(column).getArray());
    }
}
