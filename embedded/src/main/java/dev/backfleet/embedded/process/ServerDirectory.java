package dev.backfleet.embedded.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Owns the directory of one server: kept or temporary, and locked to this process. The operating system releases the
 * lock when the process ends in any way. So a process that gets the lock knows that a server that still runs there is
 * an orphan.
 */
public final class ServerDirectory implements AutoCloseable {

    private final Path path;
    private final boolean temporary;
    private final FileChannel lock;

    private ServerDirectory(Path path, boolean temporary, FileChannel lock) {
        this.path = path;
        this.temporary = temporary;
        this.lock = lock;
    }

    /** The kept directory if there is one, else a new temporary one whose name starts with the given word. */
    public static ServerDirectory open(@Nullable Path kept, String word) {
        try {
            Path path = kept == null
                    ? Files.createTempDirectory("backfleet-" + word + "-")
                    : Files.createDirectories(kept.toAbsolutePath().normalize());
            return new ServerDirectory(path, kept == null, lock(path));
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot use the directory " + kept + " for " + word + ": " + e, e);
        }
    }

    /** The absolute path. */
    public Path path() {
        return path;
    }

    /** Whether the directory goes when the server goes. */
    public boolean temporary() {
        return temporary;
    }

    /** Gives the lock back, and deletes a temporary directory. */
    @Override
    public void close() {
        try {
            if (temporary) {
                delete(path);
            }
            lock.close();
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot release the directory " + path, e);
        }
    }

    /** Deletes a directory recursively, even if other processes delete it concurrently. */
    public static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (!tryLock(channel)) {
            channel.close();
            throw new EmbeddedServerException(
                    "the directory " + directory + " is in use by the process " + Files.readString(file));
        }
        channel.truncate(0);
        var pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid), 0);
        return channel;
    }

    // The lock lives as long as its channel.
    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }
}
