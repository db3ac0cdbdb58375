package dev.backfleet.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.backfleet.embedded.process.ChildJvm;
import dev.backfleet.embedded.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However the command {@code local} ends, what it has started ends as well. Two at a time, since they mostly wait. */
@Tag("server")
@Tag("long")
class EndOfLocalTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(90);
    private static final String BY_SIGKILL = "137";
    private static final long SIGINT = 0b10;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // each test starts one
    private Process local;

    @AfterEach
    void end() {
        if (local != null) {
            local.destroyForcibly();
        }
    }

    @ParameterizedTest
    @Execution(ExecutionMode.CONCURRENT)
    @CsvSource({"INT, 130", "TERM, 0", "KILL, " + BY_SIGKILL})
    void nothing_survives(String signal, int exitCode) throws Exception {
        assumeFalse(signal.equals("INT") && ignoresInterrupts(), "started in the background, where Ctrl-C is ignored");
        var children = start("--coordinator", "--workers", "1");
        // A coordinator, a worker, Kafka, and the shell that watches over PostgreSQL.
        assertThat(children).hasSize(4);

        send(signal);

        assertThat(local.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(local.exitValue()).isEqualTo(exitCode);
        if (!signal.equals("KILL")) {
            assertThat(children).noneMatch(EndOfLocalTest::isAlive);
            assertThat(postmaster()).doesNotExist();
        }
        await().atMost(TIMEOUT).until(() -> children.stream().noneMatch(EndOfLocalTest::isAlive));
        await().atMost(TIMEOUT).until(() -> !Files.exists(postmaster()));
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void the_children_of_a_frozen_parent_live_on() throws Exception {
        var children = start("--coordinator");
        send("STOP");

        assertThat(children).allMatch(EndOfLocalTest::isAlive);

        send("CONT");
        send("TERM");
        assertThat(local.waitFor()).isZero();
    }

    /** What a shell without job control starts in the background ignores Ctrl-C, and so does all that it starts. */
    private static boolean ignoresInterrupts() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        var ignored = Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(ignored.substring("SigIgn:".length()).strip(), 16) & SIGINT) != 0;
    }

    private List<ProcessHandle> start(String... flags) throws Exception {
        var ready = folder.resolve("ready.env");
        var command = new ArrayList<>(List.of(ChildJvm.java(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(ChildJvm.options());
        command.add("-D" + ChildJvm.OPTIONS_PROPERTY + "=" + String.join("\n", ChildJvm.options()));
        command.addAll(List.of("dev.backfleet.standalone.Main", "local", "--env-file", ready.toString()));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        command.addAll(List.of(flags));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile());
        builder.environment().put("CLASSPATH", ChildJvm.classPath());
        local = builder.start();
        await().atMost(TIMEOUT).until(() -> Files.exists(ready) || !local.isAlive());
        assertThat(ready).as(Files.readString(folder.resolve("output"))).exists();
        return local.children().toList();
    }

    private Path postmaster() {
        return folder.resolve("data/postgres/data/postmaster.pid");
    }

    private void send(String signal) {
        var sent = Command.run(List.of("/bin/sh", "-c", "kill -" + signal + " " + local.pid()));
        assertThat(sent.succeeded()).as(sent.output()).isTrue();
    }

    // An ended process that was not reaped yet has no command.
    private static boolean isAlive(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }
}
