package dev.backfleet.common.postgres;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.sun.security.auth.module.UnixSystem;
import dev.backfleet.embedded.SharedServers;
import dev.backfleet.embedded.process.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Debian's PgBouncer before the server of this JVM. */
final class PgBouncer implements AutoCloseable {
    private static final String NOBODY = "65534";

    private final Process process;
    private final int port;
    private final String database;

    private PgBouncer(Process process, int port, String database) {
        this.process = process;
        this.port = port;
        this.database = database;
    }

    /** The program, where it is installed. */
    static Optional<Path> program() {
        return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts one with a pool mode and more lines of configuration before a database of the shared server. */
    static PgBouncer open(Path folder, String database, String... configuration) throws IOException {
        var port = FreePort.next();
        var lines = new ArrayList<String>(List.of(
                "[databases]",
                "* = host=127.0.0.1 port=" + SharedServers.postgres().port(),
                "[pgbouncer]",
                "listen_addr = 127.0.0.1",
                "listen_port = " + port,
                "unix_socket_dir =",
                "auth_type = any",
                "ignore_startup_parameters = extra_float_digits"));
        // Every user name is mapped to the only user of the server.
        lines.set(1, lines.get(1) + " user=" + SharedServers.postgres().user());
        lines.addAll(List.of(configuration));
        var file = folder.resolve("pgbouncer.ini");
        Files.write(file, lines);
        // PgBouncer does not run as root, and its user must be able to read the configuration.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var command = new ArrayList<String>();
        if (new UnixSystem().getUid() == 0) {
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        command.addAll(List.of(program().orElseThrow().toString(), file.toString()));
        var log = folder.resolve("pgbouncer.log").toFile();
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        await().until(() -> !process.isAlive() || listens(port));
        if (!process.isAlive()) {
            throw new IOException("PgBouncer has ended: " + Files.readString(log.toPath()));
        }
        return new PgBouncer(process, port, database);
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user="
                + SharedServers.postgres().user();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
