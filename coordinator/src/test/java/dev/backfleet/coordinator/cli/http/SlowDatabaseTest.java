package dev.backfleet.coordinator.cli.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the API answers while the database does not. */
@Tag("server")
class SlowDatabaseTest {
    @Test
    void the_last_answer_is_given_with_its_age_and_where_there_is_none_a_problem() throws Exception {
        try (var served = new ServedFleet();
                var other = DriverManager.getConnection(served.rows.url())) {
            served.rows.job("names", "RUNNING");
            var before = served.get("/api/v1/jobs/names/time");
            assertThat(before.headers().firstValue("Age")).isEmpty();
            other.setAutoCommit(false);
            other.createStatement().execute("lock table backfleet.job in access exclusive mode");
            var last = served.get("/api/v1/jobs/names/time");
            assertThat(last.statusCode()).isEqualTo(200);
            assertThat(last.body()).isEqualTo(before.body());
            assertThat(last.headers().firstValue("Age")).isPresent();
            var none = served.get("/api/v1/jobs");
            assertThat(none.statusCode()).isEqualTo(503);
            assertThat(ServedFleet.json(none).get("code").asText()).isEqualTo("TIMED_OUT");
            assertThat(none.headers().firstValue("Retry-After")).contains("1");
            other.rollback();
            assertThat(served.get("/api/v1/jobs/names/time").headers().firstValue("Age"))
                    .isEmpty();
        }
    }
}
