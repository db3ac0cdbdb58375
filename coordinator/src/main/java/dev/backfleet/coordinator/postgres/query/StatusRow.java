package dev.backfleet.coordinator.postgres.query;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.stored.UnreadableException;
import dev.backfleet.coordinator.migration.watch.CutoverWatch;
import dev.backfleet.coordinator.migration.watch.SignalLevel;
import dev.backfleet.coordinator.migration.watch.WatchedSignal;
import dev.backfleet.coordinator.postgres.Moments;
import dev.backfleet.coordinator.query.JobStatus;
import dev.backfleet.coordinator.query.Pace;
import dev.backfleet.coordinator.query.WaveStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a job in a row of {@link StatusStore}. */
final class StatusRow {
    private final List<String> more;

    /** @param more notes for each unfinished job */
    StatusRow(List<String> more) {
        this.more = List.copyOf(more);
    }

    JobStatus read(ResultSet row) throws SQLException {
        var state = JobState.valueOf(row.getString("state"));
        var rows = new JobStatus.Rows(
                row.getObject("rows_estimated", Long.class),
                row.getLong("changed"),
                row.getLong("walked"),
                row.getLong("quarantined"),
                row.getLong("dismissed"));
        var shards = shards(row);
        var fleetPaused = row.getBoolean("fleet_paused");
        var window = LimitsRow.window(row);
        var wave = wave(row);
        var pace = new Pace(
                state,
                rows,
                shards,
                fleetPaused,
                window != null && !window.open(),
                wave != null && wave.waits(),
                row.getDouble("throttle_factor") < 1 && row.getString("signal") != null,
                row.getBoolean("workers_accept"),
                row.getObject("changed_per_second", Double.class),
                row.getObject("walked_per_second", Double.class),
                TimeRow.outlook(row));
        return new JobStatus(
                row.getLong("id"),
                row.getString("name"),
                table(row),
                state,
                rows,
                pace.percent(),
                shards,
                new JobStatus.Rate(row.getObject("rate_limit", Long.class), pace.current()),
                pace.etaSeconds(),
                pace.etaRange(),
                pace.etaNote(),
                row.getObject("submitted_at", OffsetDateTime.class).toInstant(),
                Moments.of(row, "started_at"),
                Moments.of(row, "finished_at"),
                row.getString("error"),
                row.getString("reason"),
                row.getInt("workers"),
                fleetPaused,
                ThrottleRow.read(row, state),
                Moments.of(row, "last_batch_at"),
                LimitsRow.settings(row),
                window,
                row.getInt("paused_tenants"),
                wave,
                trouble(row, state),
                findings(row, state),
                new JobStatus.Activity(Moments.of(row, "resumed_at"), Moments.of(row, "oldest_task_at")),
                TimeRow.read(row),
                Moments.of(row, "deadline"));
    }

    private JobStatus.Findings findings(ResultSet row, JobState state) throws SQLException {
        var notes = new ArrayList<>(List.of((String[]) row.getArray("notes").getArray()));
        if (!state.isTerminal()) {
            if (JobDefinition.mayBeNewer(row.getString("definition_version"), row.getString("definition_kind"))) {
                newer(row.getString("definition")).ifPresent(notes::add);
            }
            notes.addAll(more);
        }
        return new JobStatus.Findings(
                notes,
                row.getObject("rows_unchanged", Long.class),
                row.getObject("rows_matching", Long.class),
                row.getString("kept_by"),
                row.getObject("drift", Long.class),
                row.getString("standby_note"),
                row.getString("taken_back"),
                row.getString("unwatched"),
                against(row.getString("renamed_watch")));
    }

    private static @Nullable String against(@Nullable String watch) {
        return watch == null
                ? null
                : CutoverWatch.JSON.read(watch).signals().stream()
                        .filter(signal -> signal.level() == SignalLevel.HARD)
                        .map(WatchedSignal::words)
                        .collect(Collectors.joining("; "));
    }

    // Whether workers and coordinators of this release skip the job.
    private static Optional<String> newer(String definition) {
        try {
            JobDefinition.JSON.read(definition);
            return Optional.empty();
        } catch (UnreadableException e) {
            return e.newer() ? Optional.of("this release cannot work on the job: " + e.getMessage()) : Optional.empty();
        }
    }

    // Only while the job is paused: an older version does not clear it when it resumes a job.
    private static JobStatus.@Nullable Troubled trouble(ResultSet row, JobState state) throws SQLException {
        var code = row.getString("trouble");
        var stands = state == JobState.PAUSING || state == JobState.PAUSED;
        return code == null || !stands ? null : new JobStatus.Troubled(code, Moments.of(row, "probe_at"));
    }

    private static @Nullable WaveStatus wave(ResultSet row) throws SQLException {
        var waves = row.getInt("waves");
        return row.wasNull()
                ? null
                : new WaveStatus(
                        row.getInt("wave"),
                        waves,
                        row.getInt("wave_open"),
                        Moments.of(row, "wave_done_at"),
                        Moments.of(row, "next_wave_at"),
                        row.getBoolean("wave_reconcile"),
                        check(row));
    }

    private static WaveStatus.@Nullable Check check(ResultSet row) throws SQLException {
        var since = Moments.of(row, "check_since");
        return since == null
                ? null
                : new WaveStatus.Check(
                        row.getString("check_name"),
                        JobState.valueOf(row.getString("check_state")),
                        since,
                        row.getObject("check_wrong", Long.class));
    }

    private static JobStatus.Shards shards(ResultSet row) throws SQLException {
        return new JobStatus.Shards(
                row.getInt("total"),
                row.getInt("pending"),
                row.getInt("dispatched"),
                row.getInt("running"),
                row.getInt("done"),
                row.getInt("failed"));
    }

    private static String table(ResultSet row) throws SQLException {
        return TableName.of(Identifier.of(row.getString("schema_name")), Identifier.of(row.getString("table_name")))
                .toString();
    }
}
