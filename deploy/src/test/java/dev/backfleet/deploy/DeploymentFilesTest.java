package dev.backfleet.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.backfleet.common.settings.Part;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingCatalogue;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.coordinator.cli.Backfleet;
import dev.backfleet.coordinator.cli.Main;
import dev.backfleet.worker.WorkerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

/** Whether images and compose file still fit the code; none of it needs a Docker Engine. */
class DeploymentFilesTest {
    private static final Pattern MAIN_CLASS = Pattern.compile("\"(dev\\.backfleet\\.[A-Za-z.]+)\"");
    private static final Pattern WORKERS_HEALTH_CHECK = Pattern.compile(
            "HEALTHCHECK [^\\[]*CMD \\[\"java\", .*\"-cp\", \"/opt/backfleet/app/\\*:/opt/backfleet/lib/\\*\", \"([A-Za-z.]+)\", \"health\"]");
    private static final Pattern COORDINATORS_HEALTH_CHECK =
            Pattern.compile("HEALTHCHECK [^\\[]*CMD \\[\"java\", \"@/opt/backfleet/cli\", \"health\"]");
    private static final Pattern SETTING = Pattern.compile("BACKFLEET_[A-Z_]+");

    private final ComposeFile compose = new ComposeFile(read("compose.yaml"));

    @Test
    void each_image_starts_a_program_that_exists() throws ReflectiveOperationException {
        var names = MAIN_CLASS
                .matcher(read("docker/Dockerfile"))
                .results()
                .map(match -> match.group(1))
                .distinct()
                .toList();
        assertThat(names).hasSize(2);
        for (var name : names) {
            assertThat(Class.forName(name).getMethod("main", String[].class)).isNotNull();
        }
    }

    @Test
    void the_images_are_started_without_a_shell_and_not_as_root() {
        var instructions = read("docker/Dockerfile").lines().toList();
        assertThat(instructions)
                .filteredOn(line -> line.startsWith("ENTRYPOINT"))
                .allMatch(line -> line.startsWith("ENTRYPOINT [\"java\""));
        assertThat(instructions)
                .filteredOn(line -> line.startsWith("USER"))
                .hasSize(2)
                .containsOnly("USER 65532:65532");
        assertThat(instructions).as("would need a shell").noneMatch(line -> line.matches("RUN .*"));
    }

    @Test
    void each_image_asks_its_own_program_for_the_health_of_the_process_without_a_shell() {
        var file = read("docker/Dockerfile").replace("\\\n", "");
        assertThat(WORKERS_HEALTH_CHECK.matcher(file).results().map(match -> match.group(1)))
                .containsExactly("dev.backfleet.worker.WorkerMain");
        assertThat(COORDINATORS_HEALTH_CHECK.matcher(file).results()).hasSize(1);
        assertThat(file.lines().filter(line -> line.startsWith("HEALTHCHECK"))).hasSize(2);
        assertThat(new CommandLine(Backfleet.root()).getSubcommands()).containsKey("health");
        assertThat(WorkerMain.commandLine().picocli().getSubcommands()).containsKey("health");
    }

    @Test
    void the_coordinators_image_has_the_command_line_beside_it() {
        var options = read("docker/cli.options").lines().toList();
        assertThat(options.get(options.size() - 1)).isEqualTo(Main.class.getName());
        assertThat(options).contains("-cp \"/opt/backfleet/app/*:/opt/backfleet/lib/*\"");
        assertThat(read("docker/Dockerfile")).contains("COPY deploy/docker/cli.options /opt/backfleet/cli\n");
        assertThat(read("../.dockerignore")).contains("!deploy/docker/cli.options\n");
    }

    @ParameterizedTest
    @CsvSource({"coordinator,COORDINATOR", "standby,COORDINATOR", "worker,WORKER"})
    void the_compose_file_gives_each_service_settings_that_it_reads(String service, Part part) {
        var environment = compose.environment(service);
        assertThat(environment.keySet())
                .isSubsetOf(
                        SettingCatalogue.of(part).stream().map(Setting::name).toList());

        var withoutFiles = Map.copyOf(environment.entrySet().stream()
                .filter(entry -> !entry.getKey().endsWith("_FILE"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
        var settings = Settings.load(Map.of(), withoutFiles, null, Optional.empty());
        SettingCatalogue.of(part)
                .forEach(setting -> assertThatCode(() -> settings.find(setting)).doesNotThrowAnyException());
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinator", "standby", "worker"})
    void services_can_write_nothing_and_get_the_password_from_a_file(String name) {
        assertThat(compose.service(name).get("read_only")).isEqualTo(true);
        assertThat(compose.service(name).get("cap_drop")).isEqualTo(List.of("ALL"));
        assertThat(compose.environment(name))
                .containsKey(SettingCatalogue.DATABASE_PASSWORD_FILE.name())
                .doesNotContainKey(SettingCatalogue.DATABASE_PASSWORD.name());
    }

    @Test
    void Prometheus_asks_each_service_on_the_port_on_which_it_listens() {
        Map<?, ?> config = new Yaml().load(read("prometheus/prometheus.yml"));
        var ports = new HashMap<String, String>();
        var scraped = (Map<?, ?>) ((List<?>) Objects.requireNonNull(config.get("scrape_configs"))).get(0);
        for (var found : (List<?>) Objects.requireNonNull(scraped.get("dns_sd_configs"))) {
            var target = (Map<?, ?>) found;
            ((List<?>) Objects.requireNonNull(target.get("names")))
                    .forEach(name -> ports.put("" + name, "0.0.0.0:" + target.get("port")));
        }
        assertThat(ports).containsOnlyKeys("coordinator", "standby", "worker");
        assertThat(ports).allSatisfy((service, address) -> assertThat(compose.environment(service))
                .containsEntry(SettingCatalogue.MANAGEMENT_LISTEN.name(), address));
    }

    @Test
    void the_coordinator_service_runs_a_command_that_exists() {
        var commands = new CommandLine(Backfleet.root()).getSubcommands().keySet();
        assertThat(compose.service("coordinator").get("command")).isEqualTo(List.of("coordinator"));
        assertThat(commands).contains("coordinator");
    }

    @Test
    void a_stopping_worker_is_given_longer_than_it_gives_itself() {
        var drain = SettingCatalogue.WORKER_DRAIN;
        var longest = Settings.load(Map.of(), compose.environment("worker"), null, Optional.empty())
                .get(drain);
        var grace = drain.type().parser().apply("" + compose.service("worker").get("stop_grace_period"));
        assertThat(grace).isGreaterThan(longest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yaml", "README.md", "docker/Dockerfile"})
    void a_setting_that_is_spoken_of_exists(String file) {
        assertThat(SETTING.matcher(read(file)).results().map(match -> match.group()))
                .allMatch(name -> SettingCatalogue.named(name).isPresent());
    }

    @Test
    void a_variable_of_the_compose_file_is_explained() {
        assertThat(Stream.of("TAG", "BASE_IMAGE")).allMatch(read("README.md")::contains);
        assertThat(compose.variables()).allMatch(read("README.md")::contains);
    }

    @Test
    void webhooks_are_mounted_where_coordinators_look_for_them() {
        var file = new ComposeFile(read("compose.webhooks.yaml"));
        for (var service : List.of("coordinator", "standby")) {
            assertThat(compose.service(service)).isNotEmpty();
            var path = Path.of(
                    Objects.requireNonNull(file.environment(service).get(SettingCatalogue.WEBHOOKS_FILE.name())));
            assertThat((List<?>) file.service(service).get("volumes"))
                    .singleElement()
                    .isEqualTo("./webhooks:" + path.getParent() + ":ro");
        }
        assertThat(file.variables()).containsExactly("WEBHOOKS").allMatch(read("README.md")::contains);
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
