package dev.backfleet.coordinator.cli.migration;

import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.SettingsOptions;
import dev.backfleet.common.settings.Part;
import dev.backfleet.coordinator.cli.session.Session;
import dev.backfleet.coordinator.migration.export.ExportDirectory;
import dev.backfleet.coordinator.migration.export.ExportFormat;
import dev.backfleet.coordinator.migration.export.MigrationExport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes the steps of a migration for another tool. */
@Command(
        name = "sql",
        description = {
            "Write the steps of a migration as files for Flyway, Liquibase, Rails, Prisma or psql. Changes nothing in the database.",
            "What is due before the backfill is written apart from what is due after it. Each file checks whether its step is done, and",
            "asks for its locks once, with a limit: unlike 'apply', it does not try again. With 'ddl: { by: others }' in the file of the",
            "migration, 'apply' waits for these steps, and does the backfill and the reconcile."
        },
        footer = {
            "",
            "Examples:",
            "  backfleet migration sql split-names.migration.yaml --format flyway --dir db/split-names",
            "  backfleet migration sql split-names.migration.yaml --format plain --dir split-names --force   write it anew"
        })
public final class MigrationSqlCommand implements Callable<ExitCode> {
    @Mixin
    private final SettingsOptions options = SettingsOptions.of(Part.COMMAND_LINE);

    @Mixin
    private final MigrationFile file = new MigrationFile();

    @Option(
            names = "--format",
            required = true,
            paramLabel = "FORMAT",
            converter = FormatConverter.class,
            description = "For which tool: plain (psql, Atlas), flyway, liquibase, rails or prisma.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ExportFormat format;

    @Option(
            names = "--dir",
            required = true,
            paramLabel = "DIRECTORY",
            description =
                    "Where to; it is made if there is none. Files are written to before-backfill and after-backfill in it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path directory;

    @Option(
            names = "--force",
            description = "Replace files that are there, and remove those of a former export of this migration.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public ExitCode call() {
        var parsed = file.parsed();
        var migration = parsed.migration();
        try (var session = Session.openBeforeTheSchema(options)) {
            var first = LocalDateTime.ofInstant(Clock.systemUTC().instant(), ZoneOffset.UTC);
            var files = MigrationExport.files(migration, session.migrations().steps(parsed), format, first);
            new ExportDirectory(directory, migration.name()).write(files, force);
            var out = spec.commandLine().getOut();
            files.forEach(written -> out.println(directory.resolve(written.path())));
            out.flush();
            return ExitCode.DONE;
        }
    }
}
