package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.coordinator.postgres.PostgresControl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** A job of a fleet that is ready. */
public final class FleetBackfill implements Backfill {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final String STATE = "select state from backfleet.job where id = %d";
    private static final String PROGRESS = """
            select coalesce(sum(s.rows_changed), 0) as rows,
                   extract(epoch from case j.state when 'SUCCEEDED' then max(s.last_batch_at) else clock_timestamp() end) as at
            from backfleet.job j left join backfleet.shard s on s.job_id = j.id where j.id = %d group by j.id
            """;
    private static final String SUBMITTED =
            "select 0 as rows, extract(epoch from submitted_at) as at from backfleet.job where id = %d";

    private final String url;
    private final String spec;
    private final Duration settling;

    /**
     * Creates it.
     *
     * @param url the database
     * @param name what the job is called
     * @param limits what the spec says of batches, slots, rate and the like, as lines of YAML
     * @param settling how long it goes on before it counts; zero: it counts from the submission on
     */
    public FleetBackfill(String url, String name, String limits, Duration settling) {
        this.url = url;
        this.settling = settling;
        this.spec = """
                name: %s
                table: customers
                set:
                  first_name: "split_part(full_name, ' ', 1)"
                  last_name: "substr(full_name, strpos(full_name, ' ') + 1)"
                %s
                """.formatted(name, limits);
    }

    @Override
    public String where() {
        return Window.ofShards();
    }

    @Override
    public Changed run(Duration time, Runnable measure) throws SQLException, InterruptedException {
        try (var sql = Sql.connect(url)) {
            if (settling.isZero()) {
                measure.run();
            }
            var job = FleetRun.submit(url, spec);
            var before =
                    settling.isZero() ? sql.row(SUBMITTED.formatted(job), Progress::of) : settle(sql, job, measure);
            var complete = awaitEnd(sql, job, time);
            var after = sql.row(PROGRESS.formatted(job), Progress::of);
            if (!complete) {
                cancel(job);
            }
            return new Changed(after.rows - before.rows, after.at - before.at, complete);
        }
    }

    private Progress settle(Sql sql, long job, Runnable measure) throws SQLException, InterruptedException {
        if (awaitEnd(sql, job, settling)) {
            throw new IllegalStateException("the backfill ended before it was measured: it needs more rows");
        }
        measure.run();
        return sql.row(PROGRESS.formatted(job), Progress::of);
    }

    private static boolean awaitEnd(Sql sql, long job, Duration time) throws SQLException, InterruptedException {
        var ticker = Ticker.system();
        var end = ticker.now().plus(time);
        while (ticker.now().compareTo(end) < 0) {
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

    private record Progress(long rows, double at) {
        static Progress of(ResultSet row) throws SQLException {
            return new Progress(row.getLong("rows"), row.getDouble("at"));
        }
    }
}
