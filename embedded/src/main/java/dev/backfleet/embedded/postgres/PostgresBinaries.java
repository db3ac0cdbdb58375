package dev.backfleet.embedded.postgres;

import com.sun.security.auth.module.UnixSystem;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.ServerDirectory;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/** Unpacks PostgreSQL's programs from the class path, once for each user of the machine and each version. */
final class PostgresBinaries {

    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

    private PostgresBinaries() {}

    /** The directory with {@code bin}, {@code lib} and {@code share} that the account may read. */
    static Path unpacked(ServerAccount account) {
        try {
            var archive = archive();
            var home = home(account).resolve("postgres-" + checksum(archive));
            if (!Files.isDirectory(home)) {
                unpack(archive, home);
            }
            return home;
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot unpack PostgreSQL: " + e, e);
        }
    }

    private static byte[] archive() throws IOException {
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac");
        var architecture = System.getProperty("os.arch");
        var resolver = DefaultPostgresBinaryResolver.INSTANCE;
        try (var stream = resolver.getPgBinary(
                mac ? "Darwin" : "Linux", "amd64".equals(architecture) ? "x86_64" : architecture)) {
            return stream.readAllBytes();
        }
    }

    private static String checksum(byte[] archive) {
        var checksum = new CRC32();
        checksum.update(archive);
        return Long.toHexString(checksum.getValue());
    }

    // Programs that another user could have put there must not run: therefore the user's own cache directory is used,
    // and for the directory that all users can read the owner is checked.
    private static Path home(ServerAccount account) throws IOException {
        if (!account.other()) {
            try {
                return Files.createDirectories(cache());
            } catch (FileSystemException e) {
                log.atDebug().addKeyValue("directory", cache()).log("no cache directory, using the temporary one");
            }
        }
        var user = System.getProperty("user.name");
        var home = Path.of(System.getProperty("java.io.tmpdir"), "backfleet-cache-" + user);
        Files.createDirectories(home);
        if (!Files.getAttribute(home, "unix:uid").equals((int) new UnixSystem().getUid())) {
            throw new EmbeddedServerException("the directory " + home + " belongs to another user");
        }
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        return home;
    }

    private static Path cache() {
        var configured = System.getenv("XDG_CACHE_HOME");
        var base = configured == null || configured.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(configured);
        return base.resolve("backfleet");
    }

    // Unpacked beside and moved in one step: a directory of that name is complete, even if another process was killed
    // or faster.
    private static void unpack(byte[] archive, Path home) throws IOException {
        log.atInfo().addKeyValue("directory", home).log("unpacking PostgreSQL");
        var beside = Files.createTempDirectory(home.getParent(), "unpacking-");
        try {
            try (var tar = new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    write(tar, entry, beside);
                }
            }
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(beside, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
        } finally {
            if (Files.isDirectory(beside)) {
                ServerDirectory.delete(beside);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory) throws IOException {
        var target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling(""));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.copy(directory.resolve(entry.getLinkName()), target);
        } else {
            Files.copy(tar, target);
            boolean program = target.startsWith(directory.resolve("bin"));
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }
}
