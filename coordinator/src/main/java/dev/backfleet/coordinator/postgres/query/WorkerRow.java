package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.coordinator.query.WorkerStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The workers in a row of {@link FleetStore#LOOK}: they come with the job and the fleet in one statement. */
final class WorkerRow {
    private WorkerRow() {}

    static List<WorkerStatus> read(ResultSet row) throws SQLException {
        var held = new HashMap<String, List<WorkerStatus.Held>>();
        for (var shard : TextRows.of(row, "look_held")) {
            held.computeIfAbsent(shard[0], worker -> new ArrayList<>())
                    .add(new WorkerStatus.Held(Long.parseLong(shard[1]), Integer.parseInt(shard[2])));
        }
        return TextRows.of(row, "look_workers").stream()
                .map(worker -> worker(worker, held.getOrDefault(worker[0], List.of())))
                .toList();
    }

    // In the order of the statement.
    private static WorkerStatus worker(@Nullable String[] row, List<WorkerStatus.Held> shards) {
        var at = new Columns(row);
        return new WorkerStatus(
                at.text(),
                at.text(),
                Long.parseLong(at.text()),
                Integer.parseInt(at.text()),
                shards.size(),
                Boolean.parseBoolean(at.text()),
                notAccepting(at.optional(), at.optional()),
                Instant.parse(at.text()),
                Instant.parse(at.text()),
                Boolean.parseBoolean(at.text()),
                shards,
                recentBatches(at.optional()));
    }

    // Such as: 7 34 39 0,12 1 1 0
    private static List<WorkerStatus.RecentBatches> recentBatches(@Nullable String recent) {
        return recent == null
                ? List.of()
                : Stream.of(recent.split(","))
                        .map(job -> job.split(" "))
                        .map(job -> new WorkerStatus.RecentBatches(
                                Long.parseLong(job[0]),
                                Integer.parseInt(job[1]),
                                // Not from workers of the version before.
                                job.length < 4 ? 0 : Integer.parseInt(job[3]),
                                Integer.parseInt(job[2])))
                        .toList();
    }

    private static WorkerStatus.@Nullable NotTaking notAccepting(@Nullable String reason, @Nullable String since) {
        return reason == null || since == null
                ? null
                : new WorkerStatus.NotTaking(NotAccepting.valueOf(reason), Instant.parse(since));
    }

    /** The columns of a row, one after the other. */
    private static final class Columns {
        private final @Nullable String[] row;
        private int next;

        Columns(@Nullable String[] row) {
            this.row = row;
        }

        @Nullable
        String optional() {
            return row[next++];
        }

        String text() {
            var value = optional();
            if (value == null) {
                throw new IllegalStateException("column " + next + " of a worker is null");
            }
            return value;
        }
    }
}
