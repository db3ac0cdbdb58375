package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.coordinator.cli.session.TextSource;
import dev.backfleet.coordinator.migration.file.MigrationParser;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import picocli.CommandLine.Parameters;

/** The file of a migration that a command is about, as a mixin. */
final class MigrationFile {
    @Parameters(index = "0", paramLabel = "FILE", description = "The migration, as YAML or JSON; - is standard input.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String file;

    /**
     * Reads it.
     *
     * @throws dev.backfleet.common.spec.SpecException at the first problem
     */
    ParsedMigration parsed() {
        var source = TextSource.read(file, System.in);
        return MigrationParser.parse(source.name(), source.text());
    }
}
