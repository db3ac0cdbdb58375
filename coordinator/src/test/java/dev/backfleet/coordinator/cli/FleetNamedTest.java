package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.kafka.setup.KafkaFailureTranslator;
import dev.backfleet.common.postgres.ConnectionFailures;
import dev.backfleet.common.postgres.LocalStackMark;
import dev.backfleet.common.settings.DatabaseUrl;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.postgres.ControlSchema;
import dev.backfleet.embedded.postgres.PostgresOptions;
import dev.backfleet.embedded.postgres.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that change something say which fleet they act on, without a question in a script. */
@Tag("server")
class FleetNamedTest {
    private static final String NOBODY = "127.0.0.1:1";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>(Map.of(
            "BACKFLEET_KAFKA_BOOTSTRAP_SERVERS",
            NOBODY,
            "BACKFLEET_START_TIMEOUT",
            "0s",
            "BACKFLEET_TERMINAL",
            "80x24"));

    @TempDir
    Path home;

    private int run(String... arguments) {
        err.getBuffer().setLength(0);
        var commands = BackfleetCommandLine.create(
                Backfleet.root(arguments), environment, new ConnectionFailures(), new KafkaFailureTranslator());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    private String firstLine() {
        return err.toString().lines().findFirst().orElse("");
    }

    @Test
    void the_database_is_named_before_anything_changes_and_not_by_what_only_reads() {
        try (var rows = new ControlRows()) {
            rows.job("names", "RUNNING");
            environment.put("BACKFLEET_DATABASE_URL", rows.url());
            var fleet = "backfleet: fleet: "
                    + DatabaseUrl.place(DatabaseUrl.parse(rows.url()).jdbc());
            assertThat(run("pause")).isZero();
            assertThat(firstLine()).isEqualTo(fleet).doesNotContain("password", "user=", "?");
            run("resume");
            assertThat(firstLine()).isEqualTo(fleet);
            assertThat(run("set", "names", "--rate", "7")).isZero();
            assertThat(err.toString().strip()).isEqualTo(fleet);
            assertThat(run("cancel", "names")).isZero();
            assertThat(firstLine()).isEqualTo(fleet);
            assertThat(run("jobs")).isZero();
            assertThat(err.toString()).doesNotContain("backfleet: fleet: ");
        }
    }

    @Test
    void the_context_is_named_too() throws IOException {
        try (var rows = new ControlRows()) {
            environment.put("XDG_CONFIG_HOME", home.toString());
            Files.createDirectory(home.resolve("backfleet"));
            Files.writeString(
                    home.resolve("backfleet/contexts.yaml"),
                    "contexts: {night: {BACKFLEET_DATABASE_URL: '" + rows.url() + "'}}");
            assertThat(run("pause", "--context", "night", "--kafka-bootstrap-servers", NOBODY))
                    .isZero();
            assertThat(firstLine()).startsWith("backfleet: fleet: ").endsWith(" (context night)");
        }
    }

    @Test
    void a_pause_that_only_kafka_can_take_names_the_topics() {
        environment.put("BACKFLEET_DATABASE_URL", "postgresql://postgres@" + NOBODY + "/nowhere");
        assertThat(run("pause")).isEqualTo(3);
        assertThat(firstLine()).isEqualTo("backfleet: fleet: topics backfleet.* on " + NOBODY);
    }

    @Test
    void a_local_stack_is_not_named() {
        try (var server =
                PostgresServer.open(PostgresOptions.fast().with(LocalStackMark.SETTING, LocalStackMark.VALUE))) {
            var url = server.jdbcUrl("postgres");
            ControlSchema.migrate(DatabaseSettings.ofUrl(url));
            environment.put("BACKFLEET_DATABASE_URL", url);
            assertThat(run("pause")).isZero();
            assertThat(err.toString()).doesNotContain("backfleet: fleet: ");
        }
    }
}
