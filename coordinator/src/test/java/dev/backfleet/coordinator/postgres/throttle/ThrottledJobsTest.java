package dev.backfleet.coordinator.postgres.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.throttle.ThrottleSpec;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.throttle.FullSpeed;
import dev.backfleet.coordinator.throttle.ThrottledJob;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The jobs that the throttle looks at, as they are stored. */
@Tag("server")
class ThrottledJobsTest {
    private final TestDatabase database = TestDatabase.open();

    @BeforeEach
    void table() throws SQLException {
        database.run("create table t (id bigint primary key, n int not null default 0)");
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private ThrottledJob job(String throttle) throws SQLException {
        database.submit("name: j\ntable: t\nset: { n: n + 1 }\n" + throttle);
        database.run("update backfleet.job set state = 'RUNNING'");
        return new PostgresThrottle(database.database).jobs().get(0);
    }

    @Test
    void what_a_spec_says_comes_back_with_the_job_and_the_factor_of_before() throws SQLException {
        var job = job("throttle: { replication-lag: 5s/20s, connections: none, http: [\"http://127.0.0.1:1/\"] }\n");
        assertThat(job.wanted())
                .isEqualTo(new ThrottleSpec(
                        Map.of("replication-lag", "5s/20s", "connections", "none"),
                        null,
                        List.of(),
                        List.of("http://127.0.0.1:1/")));
        assertThat(job.pace()).isEqualTo(new ThrottledJob.Pace(1, 0, 0, true, Optional.empty()));
        database.run("update backfleet.job set factor = 0.25, full_rows = 1000, full_slots = 4, "
                + "rows_per_second = 250, measured_at = now()");
        assertThat(new PostgresThrottle(database.database).jobs().get(0).pace())
                .isEqualTo(new ThrottledJob.Pace(0.25, 250, 0, true, Optional.of(new FullSpeed(1_000, 4))));
    }

    @Test
    void a_paused_job_is_read_and_is_not_due() throws SQLException {
        job("");
        for (var state : List.of("PAUSING", "PAUSED")) {
            database.run("update backfleet.job set state = '" + state + "'");
            assertThat(new PostgresThrottle(database.database).jobs())
                    .as(state)
                    .singleElement()
                    .matches(job -> !job.pace().due());
        }
        database.run("update backfleet.job set state = 'HALTED'");
        assertThat(new PostgresThrottle(database.database).jobs()).isEmpty();
    }
}
