package dev.backfleet.coordinator.postgres.cost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.cost.GrowthMeasurement;
import dev.backfleet.coordinator.cost.WalBooks;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import dev.backfleet.coordinator.forecast.SavedForecast;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.postgres.trial.PostgresTrials;
import dev.backfleet.coordinator.query.JobCost;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a finished job has cost is told beside what a plan has forecast. */
@Tag("server")
class JobCostTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: 1 }\nwhere: n = 0\nrate: 5k\n";
    private static final SavedForecast FORECAST =
            new SavedForecast(20, Duration.ofSeconds(1), Duration.ofSeconds(2), new Bytes(1_000, 2_000), 8_192, 0, 4);

    private final TestDatabase db = TestDatabase.open();
    private final PostgresCosts costs = new PostgresCosts(db.database);

    @BeforeEach
    void aTable() throws SQLException {
        db.run("create table t (id integer primary key, n integer not null, o text)");
        db.run("insert into t select i, 0, 'x' from generate_series(1, 20) i");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private void keep(String spec) {
        var parsed = SpecParser.parse("s.yaml", spec);
        new PostgresTrials(db.database, Ticker.system(), Sleeper.system())
                .keep(
                        SpecPinner.pin(new PostgresCatalog(db.database), parsed).definition(),
                        parsed.spec().limits(),
                        FORECAST);
    }

    private long finished(String spec) throws SQLException {
        var job = db.submit(spec).id();
        finish(job);
        return job;
    }

    private void finish(long job) throws SQLException {
        db.run(
                "update backfleet.job set state = 'SUCCEEDED', finished_at = clock_timestamp(), tallied_changed = 20 where id = "
                        + job);
    }

    private JobCost cost(long job) {
        return Objects.requireNonNull(
                new PostgresQueries(db.database).snapshot(job).orElseThrow().cost());
    }

    private void measure() {
        new GrowthMeasurement(costs, EachJob.failingFast(GrowthMeasurement.WHAT)).runOnce();
    }

    @Test
    void the_last_forecast_of_the_same_work_is_the_jobs_whatever_its_name_is() throws SQLException {
        keep(SPEC);
        var cost = cost(finished(SPEC.replace("name: j", "name: other")));
        assertThat(cost.forecast()).extracting(JobCost.Planned::what).isEqualTo(FORECAST);
        assertThat(cost.forecastNote()).isNull();
        assertThat(cost.rows()).isEqualTo(20);
        // At another rate, of another change, or of long ago, it is not.
        for (var other : List.of(SPEC.replace("5k", "6k"), SPEC.replace("n: 1", "n: 2"))) {
            assertThat(cost(finished(other.replace("name: j", "name: j" + other.hashCode())))
                            .forecastNote())
                    .startsWith("no plan has measured this spec");
        }
        db.run("update backfleet.forecast set made_at = now() - interval '8 days'");
        assertThat(cost(finished(SPEC)).forecast()).isNull();
    }

    @Test
    void tables_and_indexes_are_measured_at_the_submission_and_after_each_end() throws SQLException {
        var job = db.submit(SPEC).id();
        db.run("insert into t select i, 1, repeat('x', 100) from generate_series(21, 2000) i");
        measure();
        assertThat(new PostgresQueries(db.database).snapshot(job).orElseThrow().cost())
                .isNull();
        finish(job);
        assertThat(cost(job).growth().note()).startsWith("not measured yet");
        measure();
        var grown = Long.parseLong(db.ask("select pg_table_size('t') - 8192"));
        var growth = cost(job).growth();
        // An empty free space map and visibility map may come with the first vacuum only.
        assertThat(Objects.requireNonNull(growth.table())).isBetween(grown - 50_000, grown + 8_192);
        assertThat(Objects.requireNonNull(growth.indexes())).isPositive();
        assertThat(growth.kept()).isNull();
        assertThat(growth.note()).isNull();
        // It has run once more.
        db.run("truncate t");
        finish(job);
        measure();
        assertThat(Objects.requireNonNull(cost(job).growth().table())).isNegative();
        db.run("drop table t");
        finish(job);
        measure();
        assertThat(cost(job).growth().note()).startsWith("none of its tables");
    }

    @Test
    void the_WAL_is_what_was_counted_while_its_rows_were_changed() throws SQLException {
        var job = finished(SPEC);
        db.run("update backfleet.job set finished_at = now() - interval '1 minute'");
        assertThat(cost(job).wal())
                .isEqualTo(new JobCost.Wal(null, "no coordinator has counted it while rows were changed"));
        costs.book(List.of(new WalBooks.Entry(job, 15, 1_000.4)), false);
        assertThat(cost(job).wal()).isEqualTo(new JobCost.Wal(1_000L, "of 15 of the rows"));
        costs.book(List.of(new WalBooks.Entry(job, 5, 500)), true);
        assertThat(cost(job).wal()).isEqualTo(new JobCost.Wal(1_500L, "with what others have written meanwhile"));
        db.run("update backfleet.job set finished_at = now()");
        costs.book(List.of(new WalBooks.Entry(job, 0, 1)), false);
        db.run("update backfleet.job_cost set wal_of_server = false");
        assertThat(cost(job).wal().note()).startsWith("so far: ");
        db.run("delete from backfleet.job_cost");
        assertThat(cost(job).wal().note()).startsWith("the job was submitted before the release");
    }

    @Test
    void rows_are_read_of_jobs_that_change_some_until_some_seconds_after_their_end() throws SQLException {
        var job = finished(SPEC);
        assertThat(costs.read().rows()).containsOnlyKeys(job).containsEntry(job, 20L);
        db.run("update backfleet.job set finished_at = now() - interval '1 minute'");
        assertThat(costs.read().rows()).isEmpty();
    }
}
