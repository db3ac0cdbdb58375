package dev.backfleet.worker.postgres;

import dev.backfleet.common.job.Cursor;
import dev.backfleet.common.job.JobDefinition;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A checkpoint as columns and as a parameter. */
final class StoredCursor {
    private StoredCursor() {}

    /** The checkpoint in a row that has the columns cursor and pass. */
    static Cursor read(ResultSet row) throws SQLException {
        return read(row, row.getInt("pass"));
    }

    /** The checkpoint in the result of a statement of the job. */
    static Cursor read(ResultSet row, JobDefinition job) throws SQLException {
        return read(row, job.walk().inPasses() ? row.getInt("pass") : 0);
    }

    private static Cursor read(ResultSet row, int pass) throws SQLException {
        var array = row.getArray("cursor");
        return new Cursor(pass, array == null ? List.of() : List.of((String[]) array.getArray()));
    }

    /** The point, for a parameter. */
    static java.sql.@Nullable Array point(Connection connection, Cursor cursor) throws SQLException {
        return cursor.isStart()
                ? null
                : connection.createArrayOf("text", cursor.values().toArray());
    }
}
