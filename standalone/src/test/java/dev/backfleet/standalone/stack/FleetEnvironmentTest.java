package dev.backfleet.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.settings.SettingCatalogue;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What children of a local stack find in their environment. */
class FleetEnvironmentTest {

    @Test
    void the_address_of_a_real_database_never_reaches_a_child() {
        var environment = FleetEnvironment.of(
                Map.of(
                        "BACKFLEET_DATABASE_URL", "postgresql://production/app",
                        "BACKFLEET_DATABASE_PASSWORD", "secret",
                        "BACKFLEET_KAFKA_PROPERTIES", "/etc/kafka.properties",
                        "BACKFLEET_SETTINGS", "/etc/backfleet.env",
                        "BACKFLEET_MANAGEMENT_LISTEN", "0.0.0.0:9481",
                        "BACKFLEET_WORKER_ID", "me"),
                Map.of(),
                Map.of(SettingCatalogue.DATABASE_URL, "postgresql://postgres@127.0.0.1:1/postgres"));

        assertThat(environment)
                .containsExactly(Map.entry("BACKFLEET_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/postgres"));
    }

    @Test
    void how_a_worker_works_passes_through() {
        var environment =
                FleetEnvironment.of(Map.of("BACKFLEET_WORKER_SLICE", "2s", "PATH", "/bin"), Map.of(), Map.of());

        assertThat(environment).containsOnlyKeys("BACKFLEET_WORKER_SLICE", "PATH");
    }

    @Test
    void the_stacks_own_environment_overrides_the_inherited_one() {
        var environment = FleetEnvironment.of(
                Map.of("BACKFLEET_WORKER_SLOTS", "9"), Map.of("BACKFLEET_WORKER_SLOTS", "2"), Map.of());

        assertThat(environment).containsEntry("BACKFLEET_WORKER_SLOTS", "2");
    }
}
