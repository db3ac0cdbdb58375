package dev.backfleet.coordinator.migration.export;

import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The directory that an export is written to. Its files are complete or not there. */
public final class ExportDirectory {
    private static final int DEEPEST = 3;
    private static final int LARGEST = 1 << 20;

    private final Path directory;
    private final String migration;

    /** A directory for the files of a migration; it is made if there is none. */
    public ExportDirectory(Path directory, String migration) {
        this.directory = directory;
        this.migration = migration;
    }

    /**
     * Writes files.
     *
     * @param replace whether files that are there are replaced, and those of a former export of the migration removed
     * @throws ExplainedFailure {@link Kind#CONFLICT} if there are such files, and they are not to be replaced; {@link Kind#UNUSABLE} if the
     *     directory cannot be written to; then no file is there that was not before
     */
    public void write(List<ExportedFile> files, boolean replace) {
        try {
            var former = former();
            if (!replace) {
                refuse(files, former);
            }
            put(files);
            var written =
                    files.stream().map(file -> directory.resolve(file.path())).toList();
            for (var file : former) {
                if (!written.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new ExplainedFailure(
                    Kind.UNUSABLE,
                    "cannot write to " + directory + ": " + e,
                    "give a directory that can be written to",
                    e);
        }
    }

    private void refuse(List<ExportedFile> files, List<Path> former) {
        files.stream()
                .map(file -> directory.resolve(file.path()))
                .filter(Files::exists)
                .findFirst()
                .ifPresent(file -> {
                    throw conflict(file + " exists already");
                });
        former.stream().findFirst().ifPresent(file -> {
            throw conflict(file + " is of a former export of " + migration);
        });
    }

    private static ExplainedFailure conflict(String what) {
        return new ExplainedFailure(Kind.CONFLICT, what, "give another directory, or --force to replace such files");
    }

    private List<Path> former() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        try (var files = Files.walk(directory, DEEPEST)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) <= LARGEST
                        && new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                                .contains(ExportedStep.mark(migration))) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private void put(List<ExportedFile> files) throws IOException {
        Map<Path, Path> prepared = new LinkedHashMap<>();
        var placed = new ArrayList<Path>();
        try {
            for (var file : files) {
                var target = directory.resolve(file.path());
                Files.createDirectories(target.getParent());
                var temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
                prepared.put(target, temporary);
                Files.writeString(temporary, file.text());
            }
            for (var entry : prepared.entrySet()) {
                var isNew = !Files.exists(entry.getKey());
                Files.move(
                        entry.getValue(),
                        entry.getKey(),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                if (isNew) {
                    placed.add(entry.getKey());
                }
            }
        } catch (IOException e) {
            for (var file : prepared.values()) {
                Files.deleteIfExists(file);
            }
            for (var file : placed) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
    }
}
