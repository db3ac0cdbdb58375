package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.settings.Setting;
import dev.backfleet.common.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** The file with the servers' addresses. It exists only while they are ready, and is always complete. */
final class EnvironmentFile {

    private final Path path;

    private EnvironmentFile(Path path) {
        this.path = path;
    }

    /** Takes away what an earlier run has left, so that whoever waits for the file waits for this run. */
    static EnvironmentFile prepare(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new IOException("it is a directory");
            }
            Files.deleteIfExists(path);
            Files.delete(beside(path));
        } catch (IOException e) {
            throw unusable(path, e);
        }
        return new EnvironmentFile(path);
    }

    void write(Map<Setting<?>, String> settings) {
        try {
            var beside = beside(path);
            Files.writeString(beside, SettingsFile.render(settings));
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static Path beside(Path path) throws IOException {
        return Files.createTempFile(path.toAbsolutePath().getParent(), ".backfleet-", ".env");
    }

    private static CommandException unusable(Path path, IOException e) {
        return new CommandException(
                ExitCode.USAGE,
                "the file " + path + " cannot be written (" + e.getMessage()
                        + "): check that its directory exists and may be written",
                e);
    }
}
