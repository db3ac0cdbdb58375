package dev.backfleet.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backfleet.embedded.kafka.KafkaBroker;
import dev.backfleet.embedded.kafka.KafkaOptions;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the JVM that opened them ends, the servers end as well. */
@Tag("server")
@Tag("long")
class EndOfTheJvmTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final List<Process> jvms = new ArrayList<>();

    @AfterEach
    void endJvms() {
        jvms.forEach(Process::destroyForcibly);
    }

    /** Where a child's servers are. */
    private record Servers(Path postgres, Path kafka, ProcessHandle postmaster, ProcessHandle broker) {

        boolean isOneAlive() {
            return isAlive(postmaster) || isAlive(broker);
        }

        // An ended process that was not reaped yet has no command.
        private static boolean isAlive(ProcessHandle process) {
            return process.isAlive() && process.info().command().isPresent();
        }
    }

    @Test
    void sigterm_stops_the_servers_before_the_jvm_has_ended() throws Exception {
        var servers = openInAChildAndEndIt(Process::destroy);

        assertThat(servers.isOneAlive()).isFalse();
        assertThat(servers.postgres()).doesNotExist();
        assertThat(servers.kafka()).doesNotExist();
    }

    @Test
    void sigkill_stops_the_servers_soon() throws Exception {
        var servers = openInAChildAndEndIt(Process::destroyForcibly);

        await().atMost(TIMEOUT).until(() -> !servers.isOneAlive());
        await().atMost(TIMEOUT).until(() -> !Files.exists(servers.postgres()) && !Files.exists(servers.kafka()));
    }

    @Test
    void what_a_killed_jvm_left_can_be_opened_at_once() throws Exception {
        var kept = directory.resolve("kept").toString();
        var left = openInAChildAndEndIt(Process::destroyForcibly, kept);

        try (var postgres = PostgresServer.open(PostgresOptions.fast().in(left.postgres()));
                var kafka = KafkaBroker.open(KafkaOptions.defaults().in(left.kafka()))) {
            assertThat(left.isOneAlive()).isFalse();
            assertThat(postgres.createDatabase("usable")).contains("usable");
            assertThat(kafka.pid()).isPositive();
        }
    }

    private Servers openInAChildAndEndIt(Consumer<Process> end, String... kept) throws Exception {
        var whereabouts = directory.resolve("whereabouts");
        var words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                ServersInAChild.class.getName(),
                whereabouts.toString()));
        words.addAll(List.of(kept));
        var builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        var jvm = builder.start();
        jvms.add(jvm);
        await().atMost(TIMEOUT).until(() -> Files.exists(whereabouts) || !jvm.isAlive());
        var servers = read(whereabouts);
        assertThat(servers.postmaster().isAlive()).isTrue();
        assertThat(servers.broker().isAlive()).isTrue();
        end.accept(jvm);
        jvm.waitFor();
        return servers;
    }

    private static Servers read(Path whereabouts) throws Exception {
        var lines = Files.readAllLines(whereabouts);
        var postgres = Path.of(lines.get(0));
        var pid = Files.readAllLines(postgres.resolve("data/postmaster.pid")).get(0);
        return new Servers(postgres, Path.of(lines.get(1)), process(pid), process(lines.get(2)));
    }

    private static ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }
}
