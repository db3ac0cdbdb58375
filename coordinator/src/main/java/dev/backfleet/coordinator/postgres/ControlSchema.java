package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.settings.DatabaseSettings;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;

/** Creates the control schema, and brings an older one up to date. */
public final class ControlSchema {
    private ControlSchema() {}

    /**
     * Makes the schema what this version needs. Safe to call from several processes at once: one migrates, the others
     * wait.
     */
    public static void migrate(DatabaseSettings settings) {
        Flyway.configure(ControlSchema.class.getClassLoader())
                .dataSource(settings.url(), settings.user(), settings.password())
                .jdbcProperties(properties(settings))
                .schemas("backfleet")
                .defaultSchema("backfleet")
                .table("schema_version")
                .locations("classpath:dev/backfleet/common/schema")
                .load()
                .migrate();
    }

    private static Map<String, String> properties(DatabaseSettings settings) {
        var properties = settings.driverProperties();
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }
}
