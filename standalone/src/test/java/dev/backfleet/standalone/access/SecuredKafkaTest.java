package dev.backfleet.standalone.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.StartWait;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.kafka.KafkaSettings;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.common.settings.typed.CoordinatorSettings;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.settings.typed.KafkaConnectionSettings;
import dev.backfleet.common.settings.typed.WorkerSettings;
import dev.backfleet.common.tls.TestAuthority;
import dev.backfleet.coordinator.Coordinator;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.standalone.Main;
import dev.backfleet.worker.Worker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclBinding;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster with TLS, passwords and an authorizer: the script's rights are enough, and each of them is needed. */
@Tag("server")
class SecuredKafkaTest {
    private static final StartWait WAIT =
            new StartWait(Duration.ofMinutes(2), line -> {}, Ticker.system(), Sleeper.system());

    @TempDir
    static Path folder;

    private static SecuredKafka kafka;
    private static Set<AclBinding> granted;
    private static String database;
    private static final List<AutoCloseable> processes = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        kafka = new SecuredKafka(folder);
        granted = kafka.grant("backfleet");
        database = SharedServers.freshDatabase();
        var coordinator = settings("backfleet-coordinator");
        processes.add(Coordinator.start(
                CoordinatorSettings.from(coordinator, "c"),
                DatabaseSettings.from(coordinator),
                KafkaSettings.from(KafkaConnectionSettings.from(coordinator)),
                new SimpleMeterRegistry(),
                WAIT));
        var worker = settings("backfleet-worker");
        processes.add(Worker.start(
                WorkerSettings.from(worker, "w"),
                DatabaseSettings.from(worker),
                KafkaSettings.from(KafkaConnectionSettings.from(worker)),
                new SimpleMeterRegistry(),
                WAIT));
    }

    @AfterAll
    static void close() throws Exception {
        for (var process : processes) {
            process.close();
        }
        kafka.close();
    }

    @Test
    void with_the_scripts_rights_a_job_runs_is_paused_and_resumed_and_each_of_them_is_used() throws Exception {
        try (var application = DriverManager.getConnection(database);
                var statement = application.createStatement()) {
            statement.execute("create table items (id integer primary key, n integer)");
            statement.execute("insert into items select i from generate_series(1, 1000) i");
        }
        var spec = Files.writeString(folder.resolve("fill.yaml"), "name: fill\ntable: items\nset: { n: id }\n");
        command("submit", spec.toString(), "--paused");
        command("resume", "fill");
        command("finalize", "fill");
        command("pause");
        command("resume");
        var decisions = kafka.decisions().stream()
                .filter(decision -> SecuredKafka.USERS.contains(decision.user()))
                .toList();
        assertThat(decisions).filteredOn(decision -> !decision.allowed()).isEmpty();
        // To read or to write implies to describe.
        var used = decisions.stream()
                .filter(decision -> !decision.operation().equals("DESCRIBE"))
                .map(decision -> decision.user() + " " + decision.operation() + " " + decision.resource())
                .collect(Collectors.toSet());
        // By a reconcile that is repeated and has found something; on a cluster without share groups.
        used.add("backfleet-coordinator WRITE backfleet.events");
        used.add("backfleet-worker READ backfleet-workers-group");
        assertThat(granted)
                .map(binding -> binding.entry().principal().substring("User:".length()) + " "
                        + binding.entry().operation() + " " + binding.pattern().name())
                .containsExactlyInAnyOrderElementsOf(used);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "READ backfleet.tasks, 'no permission on topic backfleet.tasks: grant READ and DESCRIBE'",
        "READ backfleet-workers, 'no permission on group backfleet-workers: grant READ and DESCRIBE'"
    })
    void a_worker_that_may_not_take_tasks_ends_and_says_so(String right, String words) throws Exception {
        var name = "worker-without-" + right.replace(' ', '-');
        kafka.addUserWithout(name, right, "backfleet-worker", granted);
        assertThat(command(3, kafka.servers(), kafka.passwordProperties(name), "worker"))
                .isEqualTo("backfleet: Tasks cannot be taken: " + words + ".\n");
    }

    @Tag("long")
    @Test
    void a_worker_that_may_not_hear_control_records_accepts_no_tasks() throws Exception {
        kafka.addUserWithout("deaf", "READ backfleet.control", "backfleet-worker", granted);
        var settings = settings("deaf");
        try (var worker = Worker.start(
                WorkerSettings.from(settings, "deaf"),
                DatabaseSettings.from(settings),
                KafkaSettings.from(KafkaConnectionSettings.from(settings)),
                new SimpleMeterRegistry(),
                WAIT)) {
            assertThat(worker.ended()).isNotDone();
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> command("workers")
                    .lines()
                    .anyMatch(line -> line.startsWith("deaf ")
                            && line.contains("accepts no tasks: control topic unreachable since ")));
        }
    }

    @Test
    void a_person_who_may_not_publish_pauses_by_way_of_the_coordinator() throws Exception {
        kafka.addUserWithout("mute", "WRITE backfleet.control", "backfleet-operator", granted);
        try {
            assertThat(command(0, kafka.servers(), kafka.passwordProperties("mute"), "pause"))
                    .contains("paused the fleet within");
        } finally {
            command("resume");
        }
    }

    @Tag("long")
    @Test
    void a_wrong_password_is_named() throws Exception {
        assertThat(refusal(kafka.servers(), kafka.passwordProperties("backfleet-worker", "wrong")))
                .startsWith("authentication failed (")
                .endsWith("invalid credentials with SASL mechanism SCRAM-SHA-256): check sasl.mechanism and"
                        + " sasl.jaas.config");
    }

    @Tag("long")
    @Test
    void a_client_with_a_certificate_is_known_by_its_subject() throws Exception {
        var certificate = kafka.authority().issue("backfleet-operator");
        var properties = kafka.certificateProperties(certificate, kafka.authority());
        try {
            assertThat(command(0, kafka.certificateServers(), properties, "pause"))
                    .contains("paused the fleet within");
        } finally {
            command("resume");
        }
    }

    @Tag("long")
    @Test
    void certificates_that_are_not_accepted_are_named_on_either_side() throws Exception {
        var own = kafka.authority();
        var other = TestAuthority.named("other");
        var certificate = own.issue("backfleet-worker");
        assertThat(refusal(kafka.certificateServers(), kafka.certificateProperties(certificate, other)))
                .isEqualTo("the server's certificate was not issued by an authority that is trusted here: put the"
                        + " authority's certificate into ssl.truststore");
        assertThat(refusal(
                        kafka.certificateServers().replace("127.0.0.1", "localhost"),
                        kafka.certificateProperties(certificate, own)))
                .isEqualTo("the server's certificate is not for this host: connect by a name that the certificate has,"
                        + " or have one issued for the names of the brokers");
        assertThat(refusal(
                        kafka.certificateServers(), kafka.certificateProperties(other.issue("backfleet-worker"), own)))
                .startsWith("the TLS handshake failed (")
                .endsWith("check ssl.truststore, and whether the listener wants a client's certificate (ssl.keystore)");
    }

    /** Why a worker cannot use Kafka. */
    private static String refusal(String servers, Path properties) {
        var line = command(3, servers, properties, "worker").strip();
        assertThat(line)
                .startsWith("backfleet: Cannot reach Kafka at " + servers + ": ")
                .endsWith(".");
        return line.substring(line.indexOf(": ", line.indexOf(servers)) + 2, line.length() - 1);
    }

    private static Settings settings(String user) throws Exception {
        return Settings.load(
                Map.of(),
                Map.of(
                        "BACKFLEET_DATABASE_URL", database,
                        "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS", kafka.servers(),
                        "BACKFLEET_KAFKA_PROPERTIES",
                                kafka.passwordProperties(user).toString()),
                null,
                Optional.empty());
    }

    // Repeated if Kafka did not acknowledge in time, as on a busy machine: what is stored is then only said again.
    private static String command(String... arguments) throws Exception {
        var properties = kafka.passwordProperties("backfleet-operator");
        var run = run(kafka.servers(), properties, arguments);
        for (var repeated = 0; run.code() == ExitCode.CANNOT_CONNECT.code() && repeated < 5; repeated++) {
            run = run(kafka.servers(), properties, arguments);
        }
        assertThat(run.code()).as("%s%s", run.out(), run.err()).isZero();
        return run.out();
    }

    /** Runs a command that must end with a code; what it printed, or else its errors. */
    private static String command(int code, String servers, Path properties, String... arguments) {
        var run = run(servers, properties, arguments);
        assertThat(run.code()).as("%s%s", run.out(), run.err()).isEqualTo(code);
        return code == 0 ? run.out() : run.err();
    }

    private static Run run(String servers, Path properties, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commands = Main.commandLine(arguments);
        commands.picocli().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var all = Stream.concat(
                Stream.of(arguments),
                Stream.of(
                        "--database-url=" + database,
                        "--kafka-bootstrap-servers=" + servers,
                        "--kafka-properties=" + properties));
        return new Run(commands.execute(all.toArray(String[]::new)), out.toString(), err.toString());
    }

    private record Run(int code, String out, String err) {}
}
