package dev.backfleet.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.cli.BackfleetCommandLine;
import dev.backfleet.common.postgres.ConnectionFailures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list of contexts, and that other commands use the one that is named. */
class ContextsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    Path home;

    @BeforeEach
    void threeContexts() throws IOException {
        environment.put("XDG_CONFIG_HOME", home.toString());
        var file = Files.createDirectory(home.resolve("backfleet")).resolve("contexts.yaml");
        Files.writeString(file, """
                default: staging
                contexts:
                  staging:
                    BACKFLEET_DATABASE_URL: postgresql://ann:hunter2@127.0.0.1:1/app
                    BACKFLEET_KAFKA_BOOTSTRAP_SERVERS: k:9092
                    BACKFLEET_START_TIMEOUT: 0s
                  production:
                    BACKFLEET_DATABASE_URL: postgresql://127.0.0.1:2/prod
                    BACKFLEET_DATABASE_USER: ops
                    BACKFLEET_TOPIC_PREFIX: prod
                    BACKFLEET_START_TIMEOUT: 0s
                  broken:
                    settings: nowhere.env
                """);
        file.toFile().setReadable(false, false);
        file.toFile().setReadable(true, true);
    }

    private int run(String... arguments) {
        var commands = BackfleetCommandLine.create(Backfleet.root(arguments), environment, new ConnectionFailures());
        commands.picocli().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commands.execute(arguments);
    }

    @Test
    void they_are_listed_without_passwords() {
        assertThat(run("contexts")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .doesNotContain("hunter2")
                .contains("*  staging (default)  jdbc:postgresql://127.0.0.1:1/app")
                .contains("   production         jdbc:postgresql://127.0.0.1:2/prod")
                .contains("the settings file " + home.resolve("backfleet/nowhere.env") + " cannot be read");
    }

    @Test
    void a_program_reads_which_one_is_used() throws IOException {
        environment.put("BACKFLEET_CONTEXT", "production");
        assertThat(run("contexts", "-o", "json")).isZero();
        var production = new ObjectMapper().readTree(out.toString()).get(1);
        assertThat(production.get("name").textValue()).isEqualTo("production");
        assertThat(production.get("isDefault").booleanValue()).isFalse();
        assertThat(production.get("used").booleanValue()).isTrue();
        assertThat(production.get("user").textValue()).isEqualTo("ops");
        assertThat(production.get("topicPrefix").textValue()).isEqualTo("prod");
        assertThat(production.get("problem").isNull()).isTrue();
    }

    @Test
    void another_command_goes_to_the_database_of_its_context() {
        assertThat(run("jobs", "--context", "production")).isEqualTo(3);
        assertThat(err.toString()).contains("127.0.0.1:2/prod").doesNotContain("127.0.0.1:1/app");
        assertThat(run("jobs")).isEqualTo(3);
        assertThat(err.toString()).contains("127.0.0.1:1/app");
    }

    @Test
    void a_context_that_there_is_not_ends_the_command() {
        assertThat(run("jobs", "--context", "prodction")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("backfleet: --context: there is no context prodction; ")
                .contains("did you mean production?");
    }

    @Test
    void without_any_the_place_of_the_file_is_told() {
        environment.put("XDG_CONFIG_HOME", home.resolve("other").toString());
        assertThat(run("contexts")).isZero();
        assertThat(out.toString())
                .isEqualTo("no context is defined: " + home
                        + "/other/backfleet/contexts.yaml has the contexts of this user\n");
    }
}
