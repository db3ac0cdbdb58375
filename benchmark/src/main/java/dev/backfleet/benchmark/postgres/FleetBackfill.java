package dev.backfleet.benchmark.postgres;

import dev.backfleet.benchmark.live.LiveMeasurement.Changed;
import dev.backfleet.benchmark.live.Phase;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.coordinator.postgres.control.PostgresControl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * A job of a running fleet. It is measured in pairs: it runs for some seconds and is paused for as long, repeatedly, so
 * that other load on the machine affects both phases alike.
 */
public final class FleetBackfill implements Backfill {
    private static final Duration LOOK = Duration.ofMillis(20);

    /** The delay between a resume, or a confirmed pause, and the measurement. */
    private static final Duration APART = Duration.ofMillis(300);

    /** How long a job may take from its submission to its first batch. */
    private static final Duration PLANNED = Duration.ofSeconds(60);

    /** How long a resumed job may make no progress, because it is throttled. */
    private static final Duration HELD = Duration.ofSeconds(2);

    private static final String STATE = "select state from backfleet.job where id = %d";
    private static final String BATCHES = "select coalesce(sum(batches), 0) from backfleet.shard where job_id = %d";
    private static final String PROGRESS = """
            select coalesce(sum(s.rows_changed), 0) as rows,
                   extract(epoch from case j.state when 'SUCCEEDED' then max(s.last_batch_at) else clock_timestamp() end) as at
            from backfleet.job j left join backfleet.shard s on s.job_id = j.id where j.id = %d group by j.id
            """;

    private final String url;
    private final Job job;
    private final ToLongFunction<Database> submission;

    /** Of a server, by its URL. */
    public FleetBackfill(String url, Job job) {
        this(url, job, database -> FleetRun.submit(database, FleetRun.spec(job.name, job.limits)));
    }

    /** The same for a job that is submitted in another way, which gives its id. */
    public FleetBackfill(String url, Job job, ToLongFunction<Database> submission) {
        this.url = url;
        this.job = job;
        this.submission = submission;
    }

    @Override
    public String where() {
        return Window.ofShards(job.slots, job.rows);
    }

    @Override
    public Changed run(Duration time, Application application) throws Exception {
        try (var sql = Sql.connect(url);
                var database = FleetRun.database(url)) {
            // Before the first turn beside the job there is one that it can be held against.
            application.alone(job.window);
            var id = submission.applyAsLong(database);
            return new Running(sql, new PostgresControl(database), id, application).measure(time);
        }
    }

    /** The job from its submission on. */
    private final class Running {
        private final Sql sql;
        private final PostgresControl control;
        private final long id;
        private final Application application;

        private Running(Sql sql, PostgresControl control, long id, Application application) {
            this.sql = sql;
            this.control = control;
            this.id = id;
            this.application = application;
        }

        private Changed measure(Duration time) throws SQLException, InterruptedException {
            awaitMove(0, PLANNED);
            var settling = pairs(job.settling);
            application.settled();
            if (settling.complete()) {
                throw new ExplainedFailure(
                        Kind.INVALID,
                        "the backfill came to its end before it was measured",
                        "give more rows (--rows) or a shorter time to find its speed (--settling)");
            }
            var measured = pairs(time);
            if (!measured.complete()) {
                publish(DesiredState.CANCEL, "its time is up");
            }
            return measured;
        }

        private Changed pairs(Duration time) throws SQLException, InterruptedException {
            var sum = new Changed(0, 0, false);
            while (!sum.complete() && sum.seconds() < time.toNanos() / 1e9) {
                sum = sum.plus(pair());
            }
            return sum;
        }

        private Changed pair() throws SQLException, InterruptedException {
            var from = progress();
            application.enter(Phase.BESIDE);
            var complete = awaitEnd(job.window);
            application.enter(Phase.BETWEEN);
            var changed = progress().since(from, complete);
            if (!complete) {
                pause();
            }
            Sleeper.system().sleep(APART);
            application.alone(job.window);
            if (!complete) {
                goOn();
            }
            return changed;
        }

        // From then on not one row is changed.
        private void pause() {
            publish(DesiredState.PAUSE, "the application runs alone");
            control.prove(Scope.job(id));
        }

        private void goOn() throws SQLException, InterruptedException {
            var before = sql.number(BATCHES.formatted(id));
            publish(DesiredState.RUN, "the application ran alone");
            awaitMove(before, HELD);
            Sleeper.system().sleep(APART);
        }

        private void publish(DesiredState state, String why) {
            control.apply(Scope.job(id), new ControlRecord(state, why, "backfleet benchmark"), Optional.empty());
        }

        private void awaitMove(long batches, Duration atMost) throws SQLException, InterruptedException {
            await(atMost, () -> sql.number(BATCHES.formatted(id)) > batches || isOver());
        }

        private boolean awaitEnd(Duration time) throws SQLException, InterruptedException {
            return await(time, this::isOver);
        }

        private boolean await(Duration atMost, Condition condition) throws SQLException, InterruptedException {
            var ticker = Ticker.system();
            var end = ticker.now().plus(atMost);
            while (ticker.now().compareTo(end) < 0) {
                if (condition.isMet()) {
                    return true;
                }
                Sleeper.system().sleep(LOOK);
            }
            return false;
        }

        private boolean isOver() throws SQLException {
            var state = sql.row(STATE.formatted(id), row -> row.getString(1));
            if (!state.equals("PLANNING") && !state.equals("RUNNING") && !state.equals("SUCCEEDED")) {
                throw new IllegalStateException("job " + id + " is " + state);
            }
            return state.equals("SUCCEEDED");
        }

        private Progress progress() throws SQLException {
            return sql.row(PROGRESS.formatted(id), Progress::of);
        }
    }

    @FunctionalInterface
    private interface Condition {
        boolean isMet() throws SQLException;
    }

    /**
     * A job to measure.
     *
     * @param name its name
     * @param rows how many rows its table has
     * @param slots how many slots it uses
     * @param limits batches, slots, rate and other limits for the spec, as lines of YAML
     * @param settling how long it runs before it is measured
     * @param window length of each running and each paused phase
     */
    public record Job(String name, long rows, int slots, String limits, Duration settling, Duration window) {}

    private record Progress(long rows, double at) {
        static Progress of(ResultSet row) throws SQLException {
            return new Progress(row.getLong("rows"), row.getDouble("at"));
        }

        Changed since(Progress from, boolean complete) {
            return new Changed(rows - from.rows, Math.max(0, at - from.at), complete);
        }
    }
}
