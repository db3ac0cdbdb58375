package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SchemaVersion;
import dev.backfleet.common.postgres.SessionSource;
import dev.backfleet.common.settings.DatabaseSettings;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;

/** Creates the control schema, and brings an older one up to date. */
public final class ControlSchema {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private ControlSchema() {}

    /**
     * Makes the schema what this version needs. Safe to call from several processes at once: one migrates, the others
     * wait.
     *
     * @throws dev.backfleet.common.cli.CommandException with {@link dev.backfleet.common.cli.ExitCode#OTHER_VERSION} if it is
     *     newer than this version
     */
    public static void migrate(DatabaseSettings settings) {
        var profile = new Database.Profile("backfleet", 1, List.of(), PATIENCE);
        try (var database = Database.open(settings, profile)) {
            // Flyway would let a newer one pass.
            SchemaVersion.refuseNewer(database);
        }
        Flyway.configure(ControlSchema.class.getClassLoader())
                .dataSource(SessionSource.of(settings, "backfleet"))
                .schemas("backfleet")
                .defaultSchema("backfleet")
                .table("schema_version")
                .locations("classpath:dev/backfleet/common/schema")
                .load()
                .migrate();
    }
}
