package dev.backfleet.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.NotAccepting;
import dev.backfleet.common.control.Suspension;
import dev.backfleet.worker.execute.RecentBatches;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a worker's heartbeat stores. */
@Tag("server")
class HeartbeatRowTest {
    private static final String ROW = "select taking, not_accepting, "
            + "(extract(epoch from seen_at - not_accepting_since))::int from backfleet.worker where id = 'w'";

    @Test
    void a_worker_says_whether_it_accepts_tasks_and_if_not_why_and_since_when() throws SQLException {
        try (var fleet = TestFleet.open()) {
            var registry = registry(fleet, "host", 17);
            for (var reason : NotAccepting.values()) {
                registry.heartbeat(Optional.of(new Suspension(reason, Duration.ofSeconds(90))));
                // What is stored cannot be read-only.
                var stored = reason == NotAccepting.DATABASE_READ_ONLY ? NotAccepting.DATABASE_UNREACHABLE : reason;
                assertThat(fleet.ask(ROW)).isEqualTo("f " + stored + " 90");
            }
            registry.heartbeat(Optional.empty());
            assertThat(fleet.ask(ROW)).isEqualTo("t null null");
        }
    }

    @Test
    void batches_that_did_not_get_their_locks_or_were_slow_are_stored_by_job_until_there_are_none()
            throws SQLException {
        try (var fleet = TestFleet.open()) {
            var counts = new TreeMap<Long, RecentBatches.Count>();
            var registry = registry(fleet, "host", 17, () -> counts);
            registry.heartbeat(Optional.empty());
            assertThat(fleet.ask("select lock_tries from backfleet.worker")).isEqualTo("null");
            counts.put(7L, new RecentBatches.Count(34, 2, 39));
            counts.put(12L, new RecentBatches.Count(1, 0, 1));
            registry.heartbeat(Optional.empty());
            assertThat(fleet.ask("select lock_tries from backfleet.worker"))
                    .isEqualTo("{\"7\": [34, 39, 2], \"12\": [1, 1, 0]}");
            counts.clear();
            registry.heartbeat(Optional.empty());
            assertThat(fleet.ask("select lock_tries from backfleet.worker")).isEqualTo("null");
        }
    }

    @Test
    void of_two_workers_with_one_id_each_learns_of_the_other_and_a_successor_is_none() throws SQLException {
        try (var fleet = TestFleet.open()) {
            var gone = registry(fleet, "host", 17);
            assertThat(gone.heartbeat(Optional.empty())).isEmpty();
            // As after a crash: the row is its predecessor's.
            var one = registry(fleet, "host", 18);
            assertThat(one.heartbeat(Optional.empty())).isEmpty();
            assertThat(one.heartbeat(Optional.empty())).isEmpty();

            // In another container, where each has the number 1 or so.
            var other = registry(fleet, "elsewhere", 18);
            assertThat(other.heartbeat(Optional.empty())).isEmpty();
            assertThat(one.heartbeat(Optional.empty())).contains("elsewhere process 18");
            assertThat(other.heartbeat(Optional.empty())).contains("host process 18");
            assertThat(fleet.ask("select count(*), min(host) from backfleet.worker"))
                    .isEqualTo("1 elsewhere");
        }
    }

    private static PostgresWorkerRegistry registry(TestFleet fleet, String host, long pid) {
        return registry(fleet, host, pid, Map::of);
    }

    private static PostgresWorkerRegistry registry(
            TestFleet fleet, String host, long pid, Supplier<Map<Long, RecentBatches.Count>> tries) {
        return new PostgresWorkerRegistry(
                fleet.database, new PostgresWorkerRegistry.Identity("w", host, pid, 4), tries);
    }
}
