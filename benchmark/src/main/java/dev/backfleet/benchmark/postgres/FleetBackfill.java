package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.postgres.PostgresControl;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** A job of a fleet that is ready. */
public final class FleetBackfill implements Backfill {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final String STATE = "select state from backfleet.job where id = %d";
    private static final String CHANGED = """
            select coalesce(sum(rows_changed), 0) as rows,
                   coalesce(extract(epoch from max(last_batch_at) - (select submitted_at from backfleet.job where id = %1$d)), 0)
                     as seconds
            from backfleet.shard where job_id = %1$d
            """;

    private final String url;
    private final String spec;

    /**
     * Creates it.
     *
     * @param url the database
     * @param name what the job is called
     * @param limits what the spec says of batches, rate and the like, as lines of YAML
     */
    public FleetBackfill(String url, String name, String limits) {
        this.url = url;
        this.spec = """
                name: %s
                table: customers
                set:
                  first_name: "split_part(full_name, ' ', 1)"
                  last_name: "substr(full_name, strpos(full_name, ' ') + 1)"
                concurrency: 2
                %s
                """.formatted(name, limits);
    }

    @Override
    public String where() {
        return Window.ofShards();
    }

    @Override
    public Changed run(Duration time) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url)) {
            var job = FleetRun.submit(url, spec);
            var complete = awaitEnd(sql, job, time);
            if (!complete) {
                cancel(job);
            }
            return sql.row(
                    CHANGED.formatted(job),
                    row -> new Changed(row.getLong("rows"), row.getDouble("seconds"), complete));
        }
    }

    private static boolean awaitEnd(Sql sql, long job, Duration time) throws SQLException, InterruptedException {
        var ticker = Ticker.system();
        while (ticker.now().compareTo(time) < 0) {
            var state = sql.row(STATE.formatted(job), row -> row.getString(1));
            if (state.equals("SUCCEEDED")) {
                return true;
            }
            if (!state.equals("PLANNING") && !state.equals("RUNNING")) {
                throw new IllegalStateException("job " + job + " is " + state);
            }
            Sleeper.system().sleep(LOOK);
        }
        return false;
    }

    private void cancel(long job) {
        try (var database = FleetRun.database(url)) {
            var control = new PostgresControl(database);
            var wish = new ControlRecord(DesiredState.CANCEL, "its time is up", "backfleet benchmark");
            control.apply(Scope.job(job), wish, Optional.empty());
            control.quiet(Scope.job(job));
        }
    }
}
