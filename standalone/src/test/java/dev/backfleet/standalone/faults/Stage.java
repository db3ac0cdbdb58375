package dev.backfleet.standalone.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.backfleet.standalone.process.FleetProcess;
import dev.backfleet.standalone.stack.LocalStack;
import dev.backfleet.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Where a test of a fleet takes place: servers, a coordinator, workers, the table that they change, and a command line. */
final class Stage implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(50);
    // After a look that took long, as one that reads the table or runs a command, so many times that time.
    private static final int REST = 4;

    private final LocalStack stack;
    private final Table table;
    private final CommandLine commands;
    private final int strength;

    private Stage(LocalStack stack, Table table, int strength) {
        this.stack = stack;
        this.table = table;
        this.strength = strength;
        this.commands = new CommandLine(stack.flags(), stack.logs());
    }

    /** Starts a coordinator and so many workers beside a table of so many rows. */
    static Stage open(StackOptions options, int workers, int rows) throws Exception {
        var stack = LocalStack.open(options);
        try {
            stack.startCoordinator();
            // Workers do not start without the schema and the topics.
            stack.awaitReady();
            for (var i = 0; i < workers; i++) {
                stack.startWorker();
            }
            var table = new Table(stack.jdbcUrl());
            table.fill(rows);
            stack.awaitReady();
            return new Stage(stack, table, workers);
        } catch (Exception e) {
            stack.close();
            throw e;
        }
    }

    LocalStack stack() {
        return stack;
    }

    Table table() {
        return table;
    }

    CommandLine commands() {
        return commands;
    }

    /** Submits a job on the table; {@code more} is the rest of its spec. Its id. */
    long submit(String name, String more) throws IOException {
        return commands.submit(name, "table: public.packages\n" + more);
    }

    /** Starts what is missing of a coordinator and all workers. */
    void restoreStrength() throws InterruptedException {
        if (alive(stack.coordinators()).isEmpty()) {
            stack.startCoordinator();
        }
        for (var i = alive(stack.workers()).size(); i < strength; i++) {
            stack.startWorker();
        }
        stack.awaitReady();
    }

    /** Resumes all processes and cancels running jobs, so that a failed test does not affect the next one. */
    void calm() throws SQLException {
        alive(stack.workers()).forEach(FleetProcess::resume);
        for (var name :
                table.texts("select name from backfleet.job where state not in ('SUCCEEDED', 'FAILED', 'CANCELLED')")) {
            commands.runUnlessConflict("cancel", name);
        }
    }

    /** A worker that holds a shard right now. */
    FleetProcess busy() {
        return await().atMost(TIMEOUT)
                .pollInterval(LOOK)
                .until(
                        () -> {
                            var holders = table.texts("select worker from backfleet.shard where state = 'RUNNING'");
                            return alive(stack.workers()).stream()
                                    .filter(worker -> holders.contains(worker.name()))
                                    .findFirst();
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    /** How many shards of all jobs are worked on. */
    long running() throws SQLException {
        return table.number("select count(*) from backfleet.shard where state = 'RUNNING'");
    }

    /** Who leads, or led last. */
    String leader() throws SQLException {
        return table.texts("select coordinator from backfleet.leader").get(0);
    }

    /** Waits until so many rows were changed by the job. */
    void awaitChanged(long job, long rows) {
        awaitTrue(() -> table.number("select sum(rows_changed) from backfleet.shard where job_id = " + job) >= rows);
    }

    /** Waits until a task of the job is published that no worker has taken. */
    void awaitDispatched(long job) {
        awaitTrue(() ->
                table.number("select count(*) from backfleet.shard where state = 'DISPATCHED' and job_id = " + job)
                        > 0);
    }

    void awaitState(long job, String state) {
        awaitTrue(() ->
                table.texts("select state from backfleet.job where id = " + job).contains(state));
    }

    /** Waits for the job's success, and checks every row. */
    void awaitEveryRowOnce(long job) throws SQLException {
        awaitState(job, "SUCCEEDED");
        table.assertEveryRowOnce(job);
    }

    /** Waits until the worker's log has one of these. */
    static void awaitWords(FleetProcess process, String... words) {
        awaitWordsAfter(0, process, words);
    }

    /** Waits until the worker's log has one of these after its first {@code bytes}. */
    static void awaitWordsAfter(long bytes, FleetProcess process, String... words) {
        awaitTrue(() -> {
            var all = Files.readAllBytes(process.log());
            var log = new String(all, Math.toIntExact(bytes), all.length - Math.toIntExact(bytes), UTF_8);
            return Stream.of(words).anyMatch(log::contains);
        });
    }

    /** How many lines of the workers' logs have these words. */
    long said(String words) throws IOException {
        var count = 0L;
        for (var worker : stack.workers()) {
            try (var lines = Files.lines(worker.log())) {
                count += lines.filter(line -> line.contains(words)).count();
            }
        }
        return count;
    }

    /** Produces a record on the control topic with a plain client. */
    void say(String key, String value) throws Exception {
        Map<String, Object> config = Map.of("bootstrap.servers", stack.kafka().bootstrapServers());
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("backfleet.control", key, value)).get();
        }
    }

    static List<FleetProcess> alive(List<FleetProcess> processes) {
        return processes.stream().filter(FleetProcess::isAlive).toList();
    }

    /** Waits for a condition; looking at it takes a fifth of the time at most, however costly a look is. */
    static void awaitTrue(Callable<Boolean> condition) {
        var tookNanos = new AtomicLong();
        await().atMost(TIMEOUT)
                .pollDelay(Duration.ZERO)
                .pollInterval((count, previous) -> longer(LOOK, Duration.ofNanos(tookNanos.get() * REST)))
                .until(() -> {
                    var begin = System.nanoTime();
                    var met = condition.call();
                    tookNanos.set(System.nanoTime() - begin);
                    return met;
                });
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    @Override
    public void close() throws SQLException {
        try {
            table.close();
        } finally {
            stack.close();
        }
    }
}
