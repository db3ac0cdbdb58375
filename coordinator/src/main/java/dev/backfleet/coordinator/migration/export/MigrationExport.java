package dev.backfleet.coordinator.migration.export;

import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.Step;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes the steps of a migration for another tool: what is due before the backfill apart from what is due after it. */
public final class MigrationExport {
    private MigrationExport() {}

    /**
     * The files, in the order in which they are executed.
     *
     * @param first the version of the first one; the others follow a second apart
     */
    public static List<ExportedFile> files(
            Migration migration, List<Step> steps, ExportFormat format, LocalDateTime first) {
        var files = new ArrayList<ExportedFile>();
        var seconds = 0L;
        for (int i = 0; i < steps.size(); i++) {
            var script = new StepScript(migration.name(), steps.get(i), migration.ddl());
            var step = new ExportedStep(
                    migration.name(), steps.get(i), i + 1, steps.size(), first.plusSeconds(seconds), script);
            format.files(step)
                    .forEach(file -> files.add(new ExportedFile(step.part() + "/" + file.path(), file.text())));
            seconds += format.versions(script);
        }
        if (format == ExportFormat.LIQUIBASE) {
            files.addAll(changelogs(migration.name(), files));
        }
        return List.copyOf(files);
    }

    // Liquibase executes what a changelog includes, in its order.
    private static List<ExportedFile> changelogs(String migration, List<ExportedFile> files) {
        return files.stream()
                .map(file -> file.path().substring(0, file.path().indexOf('/')))
                .distinct()
                .map(part -> new ExportedFile(
                        part + "/changelog.yaml",
                        "# " + ExportedStep.mark(migration) + " its files in their order\ndatabaseChangeLog:\n"
                                + files.stream()
                                        .filter(file -> file.path().startsWith(part + "/"))
                                        .map(file -> "  - include: { file: "
                                                + file.path().substring(part.length() + 1)
                                                + ", relativeToChangelogFile: true }\n")
                                        .collect(Collectors.joining())))
                .toList();
    }
}
