package dev.backfleet.embedded.postgres;

import dev.backfleet.embedded.process.EmbeddedServerException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;

/**
 * Copies the data directory of a running server on this machine, as pg_basebackup would, which is not among the
 * programs: the files are copied between {@code pg_backup_start} and {@code pg_backup_stop} in one session.
 */
final class BaseBackup {

    // Directories that are copied without what is in them: the server fills them itself.
    private static final Set<String> EMPTY = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");
    private static final Set<String> LEFT_OUT = Set.of(
            "postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "standby.signal", "recovery.signal");

    // This file says where recovery begins, and is copied last, as pg_basebackup does.
    private static final Path CONTROL_FILE = Path.of("global", "pg_control");

    private static final int RENAMED = 15;
    private static final String START = "select pg_backup_start('standby', true)::text";
    private static final String STOP = "select labelfile from pg_backup_stop(false)";
    private static final String START_BEFORE_15 = "select pg_start_backup('standby', true, false)::text";
    private static final String STOP_BEFORE_15 = "select labelfile from pg_stop_backup(false)";

    private BaseBackup() {}

    /**
     * Makes the copy, whose start recovers from the primary's write-ahead log.
     *
     * @param url a database of the server that is copied
     * @param slot the replication slot to make, which keeps the write-ahead log from here on
     * @param from the server's data directory
     * @param to a directory that does not exist yet
     */
    static void take(String url, String slot, Path from, Path to) {
        try (var connection = DriverManager.getConnection(url)) {
            ask(connection, "select pg_create_physical_replication_slot('" + slot + "', true)::text");
            boolean old = connection.getMetaData().getDatabaseMajorVersion() < RENAMED;
            ask(connection, old ? START_BEFORE_15 : START);
            copy(from, to);
            Files.writeString(to.resolve("backup_label"), ask(connection, old ? STOP_BEFORE_15 : STOP));
            Files.createFile(to.resolve("standby.signal"));
        } catch (SQLException | IOException e) {
            throw new EmbeddedServerException("cannot copy the data directory " + from + ": " + e.getMessage(), e);
        }
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                var path = from.relativize(directory);
                Files.createDirectory(
                        to.resolve(path),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                return EMPTY.contains(path.toString()) ? withoutContent(to, path) : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var path = from.relativize(file);
                if (!LEFT_OUT.contains(path.toString()) && !path.equals(CONTROL_FILE)) {
                    copyIfThere(file, to.resolve(path));
                }
                return FileVisitResult.CONTINUE;
            }

            // The server deletes files during the copy; recovery from the write-ahead log handles that.
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        Files.copy(from.resolve(CONTROL_FILE), to.resolve(CONTROL_FILE));
    }

    private static FileVisitResult withoutContent(Path to, Path path) throws IOException {
        if (path.toString().equals("pg_wal")) {
            Files.createDirectory(to.resolve(path).resolve("archive_status"));
        }
        return FileVisitResult.SKIP_SUBTREE;
    }

    private static void copyIfThere(Path file, Path to) throws IOException {
        try {
            Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            Files.deleteIfExists(to);
        }
    }
}
