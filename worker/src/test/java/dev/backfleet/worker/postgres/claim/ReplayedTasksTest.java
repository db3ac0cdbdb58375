package dev.backfleet.worker.postgres.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.task.Task;
import dev.backfleet.worker.postgres.TestFleet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tasks topic brings, however often, late or made up, is at most a permission that is still valid. */
@Tag("server")
class ReplayedTasksTest {
    private static final int SHARDS = 40;

    private static TestFleet fleet;

    @BeforeAll
    static void open() {
        fleet = TestFleet.open();
    }

    @AfterAll
    static void close() throws SQLException {
        fleet.close();
    }

    private static List<Task> job() throws SQLException {
        fleet.run("drop table if exists t; delete from backfleet.job; "
                + "create table t (id bigint primary key, n integer not null default 0)");
        fleet.run("insert into t select i from generate_series(1, 4000) i");
        var definition = fleet.definition("t", null, List.of("id"), "n=n + 1");
        var job = fleet.job(definition);
        var tasks = new ArrayList<Task>();
        for (var i = 0; i < SHARDS; i++) {
            tasks.add(fleet.shard(
                    job, definition.table(), i == 0 ? null : "{" + i * 100 + "}", "{" + (i + 1) * 100 + "}"));
        }
        return tasks;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void every_task_five_times_in_any_order_changes_every_row_once(long seed) throws SQLException {
        var random = new Random(seed);
        var published = job();
        var deliveries = new ArrayList<Task>();
        for (var i = 0; i < 5; i++) {
            deliveries.addAll(published);
        }
        Collections.shuffle(deliveries, random);
        var claims = 0;
        for (var task : deliveries) {
            var claim = fleet.leases.claim(task);
            if (claim.isPresent()) {
                claims++;
                fleet.finish(claim.get(), 1 + random.nextInt(60));
            }
        }
        assertThat(claims).isEqualTo(SHARDS);
        assertThat(fleet.ask("select min(n), max(n) from t")).isEqualTo("1 1");
        assertThat(fleet.ask("select max(epoch), sum(rows_changed) from backfleet.shard"))
                .isEqualTo("1 4000");
    }

    @Test
    void tasks_of_an_hour_ago_and_forged_ones_do_nothing() throws SQLException {
        var published = job();
        // Since then each shard was dispatched again, and is claimed, waits, or is done.
        fleet.run("update backfleet.shard set dispatch = 5, dispatched_at = now(), state = "
                + "case number % 3 when 0 then 'DISPATCHED' when 1 then 'PENDING' else 'DONE' end");
        var before = fleet.ask("select md5(string_agg(s::text, '' order by number)) from backfleet.shard s");
        var job = published.get(0).shard().job();
        var deliveries = new ArrayList<>(published);
        for (var forged : List.of(
                new ShardId(job + 1, 1),
                new ShardId(Long.MAX_VALUE, 1),
                new ShardId(job, SHARDS + 1),
                new ShardId(job, Integer.MAX_VALUE))) {
            deliveries.add(new Task(forged, 1));
            deliveries.add(new Task(forged, 5));
        }
        for (var dispatch : List.of(0L, 4L, 6L, Long.MAX_VALUE)) {
            published.forEach(task -> deliveries.add(new Task(task.shard(), dispatch)));
        }
        assertThat(deliveries)
                .allSatisfy(task -> assertThat(fleet.leases.claim(task)).isEmpty());
        assertThat(fleet.ask("select md5(string_agg(s::text, '' order by number)) from backfleet.shard s"))
                .isEqualTo(before);
        assertThat(fleet.ask("select max(n) from t")).isEqualTo("0");
    }
}
