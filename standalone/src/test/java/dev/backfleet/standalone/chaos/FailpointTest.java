package dev.backfleet.standalone.chaos;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.standalone.chaos.load.Items;
import dev.backfleet.standalone.chaos.load.Work;
import dev.backfleet.standalone.chaos.site.Crew;
import dev.backfleet.standalone.chaos.site.LostTail;
import dev.backfleet.standalone.chaos.site.Rest;
import dev.backfleet.standalone.chaos.site.Site;
import dev.backfleet.standalone.chaos.site.Sql;
import dev.backfleet.standalone.failpoint.Failpoint;
import dev.backfleet.standalone.faults.CommandLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Workers and coordinators that halt at critical moments, each many times; every row is checked all the time. */
@Tag("server")
@Tag("long")
class FailpointTest {
    /** How often each: 20 times with {@code -Pchaos}. */
    private static final int TIMES = Integer.getInteger("backfleet.failpoint.times", 1);

    private static final int ROWS = 6_000;
    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(2);

    // Rows take a moment of sleep: batches run long enough to be interrupted in the middle.
    private static final String SPEC = """
            set: { dst: "dst + src + case when id % 8 = 0 then (pg_sleep(0.001) is null)::int else 0 end" }
            shard: { rows: 500 }
            batch: { duration: 40ms, max-rows: 500 }
            """;

    private static final Map<String, String> SETTINGS = Map.of(
            "BACKFLEET_SHARD_LEASE", "2s",
            "BACKFLEET_REDISPATCH_AFTER", "1s",
            "BACKFLEET_COORDINATOR_LEASE", "1s",
            "BACKFLEET_WORKER_SLOTS", "1");

    private static Site site;

    @TempDir
    private Path folder;

    private String topics;
    private Crew crew;
    private Sql sql;
    private Items items;
    private Work work;

    @BeforeAll
    static void open() throws Exception {
        site = Site.open(5, 1);
    }

    @AfterAll
    static void close() throws Exception {
        site.close();
    }

    @BeforeEach
    void start(TestInfo test) throws Exception {
        topics = test.getTestMethod().orElseThrow().getName().substring(0, 10);
        var settings = new HashMap<>(SETTINGS);
        settings.put("BACKFLEET_TOPIC_PREFIX", topics);
        crew = new Crew(site, folder, settings);
        sql = new Sql(site.jdbcUrl());
        // The test before has left its own.
        sql.run("drop schema if exists backfleet cascade");
        sql.run("drop schema public cascade");
        sql.run("create schema public");
        items = new Items(sql, ROWS);
        items.create();
        var flags = new ArrayList<>(site.flags());
        flags.addAll(List.of("--topic-prefix", topics));
        work = new Work(sql, new CommandLine(flags, folder), items, SPEC, new LostTail());
    }

    @AfterEach
    void stop() throws Exception {
        crew.close();
        sql.close();
    }

    @Test
    void a_worker_that_halts_around_a_batch_or_an_acknowledgement_changes_no_row_twice_and_passes_none()
            throws Exception {
        crew.addCoordinator(1);
        Crew.awaitLeader(sql);
        var points =
                Arrays.stream(Failpoint.values()).filter(Failpoint::isWorkers).toList();
        var halting = new LinkedHashMap<String, Failpoint>();
        for (var point : points) {
            var number = 1 + points.indexOf(point);
            crew.addWorker(number, point);
            halting.put(Crew.worker(number), point);
        }
        awaitHalts(halting);
        crew.addWorker(1, Map.of());
        awaitEnd();
    }

    @Test
    void a_coordinator_that_halts_between_its_steps_leaves_nothing_undone_and_does_nothing_twice() throws Exception {
        var points = Arrays.stream(Failpoint.values())
                .filter(point -> !point.isWorkers())
                .toList();
        for (var point : points) {
            var number = 1 + points.indexOf(point);
            crew.addCoordinator(number, point);
            if (number == 1) {
                Crew.awaitLeader(sql);
                crew.addWorker(1, Map.of());
                crew.addWorker(2, Map.of());
            }
            awaitHalts(Map.of(Crew.coordinator(number), point));
        }
        crew.addCoordinator(points.size() + 1);
        awaitEnd();
    }

    /** Waits until each of the processes has halted often enough, and starts it no more from then on. */
    private void awaitHalts(Map<String, Failpoint> halting) throws Exception {
        var left = new LinkedHashMap<>(halting);
        var end = System.nanoTime() + TIMEOUT_NANOS * TIMES * halting.size();
        while (!left.isEmpty()) {
            work.look();
            if (left.containsValue(Failpoint.ISOLATION)) {
                say(DesiredState.PAUSE);
                say(DesiredState.RUN);
            }
            for (var process : List.copyOf(left.entrySet())) {
                if (crew.said(process.getKey(), process.getValue().words()) >= TIMES) {
                    crew.retire(process.getKey());
                    left.remove(process.getKey());
                }
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("processes that do not come by their points: " + left);
            }
        }
    }

    private void say(DesiredState state) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", site.kafka().bootstrapServers());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            var word = state.name().toLowerCase(Locale.ROOT);
            producer.send(new ProducerRecord<>(topics + ".control", "job/" + work.job() + "/tenant/7", word))
                    .get();
        }
    }

    private void awaitEnd() throws Exception {
        var jobs = work.jobs();
        say(DesiredState.RUN);
        var end = System.nanoTime() + TIMEOUT_NANOS;
        while (!work.state().equals("SUCCEEDED")) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the last job is " + work.state());
            }
            Rest.millis(20);
        }
        items.requireEveryRowOnceByEach(jobs);
        items.requireCountedAsChanged(work.job(), jobs);
    }
}
