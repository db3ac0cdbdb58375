package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a worker's heartbeat stores. */
class HeartbeatRowTest {
    private static final String ROW = "select taking, not_accepting, "
            + "(extract(epoch from seen_at - not_accepting_since))::int from backfleet.worker where id = 'w'";

    @Test
    void a_worker_says_whether_it_accepts_tasks_and_if_not_why_and_since_when() throws SQLException {
        try (var fleet = TestFleet.open()) {
            var registry =
                    new PostgresWorkerRegistry(fleet.database, new PostgresWorkerRegistry.Identity("w", "host", 17, 4));
            for (var reason : NotAccepting.values()) {
                registry.seen(Optional.of(new Suspension(reason, Duration.ofSeconds(90))));
                assertThat(fleet.ask(ROW)).isEqualTo("f " + reason + " 90");
            }
            registry.seen(Optional.empty());
            assertThat(fleet.ask(ROW)).isEqualTo("t null null");
        }
    }
}
