package dev.backfleet.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.embedded.process.ChildJvm;
import dev.backfleet.standalone.Main;
import dev.backfleet.standalone.process.FleetProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers, a coordinator and workers as processes: they work together, and they end together. */
@Tag("server")
@Tag("long")
class LocalStackTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private final List<FleetProcess> lost = new CopyOnWriteArrayList<>();

    @Test
    void a_job_succeeds_and_nothing_is_left_behind() throws Exception {
        List<ProcessHandle> children;
        Path logs;
        try (var stack = LocalStack.open(StackOptions.fast().telling(lost::add))) {
            stack.addCoordinator();
            stack.startWorker();
            stack.startWorker();
            stack.awaitReady();
            try (var database = open(stack)) {
                backfill(stack, database);
            }
            children = children(stack);
            logs = stack.logs();
            assertThat(children).allSatisfy(LocalStackTest::uses_the_archive_of_classes);
        }

        assertThat(children).hasSize(4).noneMatch(ProcessHandle::isAlive);
        assertThat(logs).doesNotExist();
        assertThat(lost).isEmpty();
    }

    @Test
    void who_ends_is_reported_unless_it_was_ended_and_all_end_with_the_stack_even_if_frozen_or_interrupted()
            throws Exception {
        var stack = LocalStack.open(StackOptions.fast().telling(lost::add).with("BACKFLEET_START_TIMEOUT", "0s"));
        FleetProcess frozen;
        boolean interrupted;
        try {
            // Nobody has created the control schema.
            assertThatThrownBy(stack::addWorker)
                    .isInstanceOf(StackException.class)
                    .hasMessageContaining("worker-1 did not start");
            await().atMost(TIMEOUT).until(() -> lost.equals(stack.workers()));
            lost.clear();

            stack.prepareForWorkers();
            var killed = stack.startWorker();
            var ending = stack.startWorker();
            frozen = stack.startWorker();
            awaitStarted(killed, ending, frozen);
            killed.kill();
            ProcessHandle.of(ending.pid()).orElseThrow().destroyForcibly();
            await().atMost(TIMEOUT).until(() -> !lost.isEmpty());
            assertThat(lost).containsExactly(ending);
            frozen.freeze();
        } finally {
            Thread.currentThread().interrupt();
            stack.close();
            interrupted = Thread.interrupted();
        }

        assertThat(interrupted).isTrue();
        assertThat(frozen.isAlive()).isFalse();
        assertThat(stack.postgres().isAlive()).isFalse();
        assertThat(lost).hasSize(1);
    }

    private static void awaitStarted(FleetProcess... workers) {
        for (var worker : workers) {
            await(worker.name()).atMost(TIMEOUT).until(() -> worker.logTail().contains("worker started"));
        }
    }

    private void backfill(LocalStack stack, Database database) throws Exception {
        database.jdbi().useHandle(handle -> {
            handle.execute("create table counted (id bigint primary key, n integer not null default 0)");
            handle.execute("insert into counted select generate_series(1, 5000)");
        });
        var spec = folder.resolve("spec.yaml");
        Files.writeString(spec, """
                name: count
                table: public.counted
                set: { n: n + 1 }
                shard: { rows: 1000 }
                """);
        var job = Long.parseLong(run(stack, "submit", spec.toString(), "--paused"));
        await().atMost(TIMEOUT)
                .until(() -> text(database, "select state from backfleet.job where id = " + job), "PAUSED"::equals);
        assertThat(text(database, "select count(*)::text from backfleet.shard where job_id = " + job))
                .isEqualTo("5");
        // Workers with free slots are there, and none has ever claimed a shard.
        assertThat(text(database, "select max(epoch)::text from backfleet.shard where job_id = " + job))
                .isEqualTo("0");
        assertThat(text(database, "select string_agg(distinct n::text, ',') from counted"))
                .isEqualTo("0");

        run(stack, "resume", "count");
        assertThat(run(stack, "finalize", "count", "--timeout", "10m")).endsWith("no row is in quarantine");
        await().atMost(TIMEOUT)
                .until(() -> text(database, "select state from backfleet.job where id = " + job), "SUCCEEDED"::equals);
        assertThat(text(database, "select string_agg(distinct n::text, ',') from counted"))
                .isEqualTo("1");
        assertThat(text(database, "select sum(rows_changed)::text from backfleet.shard"))
                .isEqualTo("5000");
    }

    private static String run(LocalStack stack, String... command) {
        var arguments = new ArrayList<>(List.of(command));
        arguments.addAll(stack.flags());
        var out = new StringWriter();
        var commands = Main.commandLine(arguments.toArray(String[]::new));
        commands.picocli().setOut(new PrintWriter(out));
        assertThat(commands.execute(arguments.toArray(String[]::new))).isZero();
        return out.toString().strip();
    }

    // A JVM that finds the archive made of another class path goes without it, and says nothing.
    private static void uses_the_archive_of_classes(ProcessHandle jvm) throws IOException {
        var option = ChildJvm.options().stream()
                .filter(each -> each.startsWith("-XX:SharedArchiveFile="))
                .findFirst()
                .orElseThrow();
        var archive = option.substring(option.indexOf('=') + 1);
        assertThat(Path.of(archive)).isReadable();
        assertThat(Files.readString(Path.of("/proc/" + jvm.pid() + "/maps"))).contains(archive);
    }

    private static Database open(LocalStack stack) {
        return Database.open(
                DatabaseSettings.ofUrl(stack.jdbcUrl()),
                new Database.Profile("test", 1, List.of(), Duration.ofSeconds(30)));
    }

    private static String text(Database database, String query) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery(query).mapTo(String.class).one());
    }

    private static List<ProcessHandle> children(LocalStack stack) {
        var fleet = Stream.concat(stack.coordinators().stream(), stack.workers().stream())
                .map(FleetProcess::pid);
        return Stream.concat(fleet, Stream.of(stack.kafka().pid()))
                .map(pid -> ProcessHandle.of(pid).orElseThrow())
                .toList();
    }
}
