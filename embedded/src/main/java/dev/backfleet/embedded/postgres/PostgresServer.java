package dev.backfleet.embedded.postgres;

import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.ExitHook;
import dev.backfleet.embedded.process.FreePort;
import dev.backfleet.embedded.process.ServerDirectory;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL on 127.0.0.1, of the version whose programs are on the class path (18 unless something else is said), whose user {@code postgres} needs no password. It ends when it is closed, when the
 * JVM ends, and soon after the JVM was killed. Thread-safe.
 */
public final class PostgresServer implements AutoCloseable {

    private static final int STRATEGIES_SINCE = 15;

    private final ServerDirectory directory;
    private final PostgresOptions options;
    private final PostgresCluster cluster;
    private final DeathWatch watch;
    private final @Nullable ExitHook hook;
    private int port;
    private boolean running;
    private boolean closed;

    private PostgresServer(ServerDirectory directory, PostgresOptions options, ServerAccount account) {
        this.directory = directory;
        this.options = options;
        this.cluster = new PostgresCluster(directory, account);
        this.watch = new DeathWatch(
                cluster.stopCommand("fast"),
                directory.temporary() ? directory.path().toString() : "");
        this.hook = options.closeAtExit() ? ExitHook.register("postgres", this::close) : null;
    }

    /**
     * Starts a server and returns when it accepts connections.
     *
     * @throws EmbeddedServerException if it does not start, or if its directory is in use; the message says why
     */
    public static PostgresServer open(PostgresOptions options) {
        return open(options, ServerAccount.choose());
    }

    /**
     * Starts a streaming standby of a server and returns when it answers queries. Replication is asynchronous unless
     * the primary's settings say otherwise. {@link #promote} makes it a primary. The options may contain another {@code
     * primary_conninfo}.
     *
     * @param primary the server to follow, which must run
     * @param options of the standby; its settings are those of the primary unless these say otherwise
     * @throws EmbeddedServerException if it does not start; the message says why
     */
    public static PostgresServer standbyOf(PostgresServer primary, PostgresOptions options) {
        return standbyOf(primary, options, ServerAccount.choose());
    }

    static PostgresServer standbyOf(PostgresServer primary, PostgresOptions options, ServerAccount account) {
        var slot = "standby_" + Long.toHexString(System.nanoTime());
        var all = primary.options.closeAtExit() == options.closeAtExit()
                ? primary.options
                : primary.options.closedByCaller();
        all = all.in(options.directory()).onPort(options.port());
        all = all.with("primary_conninfo", "host=127.0.0.1 port=" + primary.port() + " user=" + primary.user());
        for (var setting : options.settings().entrySet()) {
            all = all.with(setting.getKey(), setting.getValue());
        }
        all = all.with("primary_slot_name", slot);
        var url = primary.jdbcUrl("postgres");
        return open(all, account, cluster -> cluster.copyOf(primary.cluster, url, slot));
    }

    static PostgresServer open(PostgresOptions options, ServerAccount account) {
        return open(options, account, PostgresCluster::prepare);
    }

    private static PostgresServer open(
            PostgresOptions options, ServerAccount account, Consumer<PostgresCluster> preparation) {
        var directory = ServerDirectory.open(options.directory(), "postgres");
        PostgresServer server;
        try {
            server = new PostgresServer(directory, options, account);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
        try {
            preparation.accept(server.cluster);
            return FreePort.open(options.port(), server::startOn);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Starts again after {@link #stop} or {@link #stopImmediately}, with the same data on the same port. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("the server was closed");
        }
        if (!running) {
            startOn(port);
        }
    }

    /** Ends the server as a crash would; everything that was reported as committed durably is there after a start. */
    public synchronized void stopImmediately() {
        if (running) {
            cluster.stopImmediately();
            running = false;
        }
    }

    /** Makes a standby a primary, on a new timeline, and returns when it accepts writes. */
    public synchronized void promote() {
        cluster.promote();
    }

    /** Shuts the server down cleanly: sessions are ended, and everything is written to disk. */
    public synchronized void stop() {
        if (running) {
            cluster.stop();
            running = false;
        }
    }

    /** The number of the server's main process, whose children are its sessions; 0 if it does not run. */
    public synchronized long pid() {
        return running ? cluster.pid() : 0;
    }

    /** The port on 127.0.0.1, the same after each start. */
    public synchronized int port() {
        return port;
    }

    /** The superuser's name. */
    public String user() {
        return PostgresCluster.USER;
    }

    /** The URL of a database, with which the driver needs neither user nor password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=" + user();
    }

    /** Creates an empty database and returns its URL. */
    public String createDatabase(String name) {
        return createDatabase(name, "template1");
    }

    /** Creates a copy of a database, to which nobody may be connected, and returns its URL. */
    public String createDatabase(String name, String template) {
        try (var connection = DriverManager.getConnection(jdbcUrl("postgres"));
                var statement = connection.createStatement()) {
            // Page by page through the log, as is the default from 15 on, it takes four times the processor time.
            var copying =
                    connection.getMetaData().getDatabaseMajorVersion() < STRATEGIES_SINCE ? "" : " strategy file_copy";
            statement.execute("create database " + quoted(name) + " template " + quoted(template) + copying);
            return jdbcUrl(name);
        } catch (SQLException e) {
            throw new EmbeddedServerException("cannot create the database " + name + ": " + e.getMessage(), e);
        }
    }

    /** The version of the server: 18, for example. */
    public int majorVersion() {
        try (var connection = DriverManager.getConnection(jdbcUrl("postgres"))) {
            return connection.getMetaData().getDatabaseMajorVersion();
        } catch (SQLException e) {
            throw new EmbeddedServerException("cannot read the server's version: " + e.getMessage(), e);
        }
    }

    /** Whether the server's main process runs. */
    public synchronized boolean isAlive() {
        return running && cluster.isAlive();
    }

    /** The numbers of the server's processes, the main one first, as far as the system shows them. */
    public synchronized List<Long> pids() {
        return cluster.pids();
    }

    /** The server's log. */
    public Path logFile() {
        return cluster.logFile();
    }

    /** Ends the sessions and the server, at once if its data are deleted then, in a temporary directory. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (hook != null) {
            hook.remove();
        }
        try {
            if (running && directory.temporary()) {
                cluster.stopImmediately();
            } else if (running) {
                cluster.stop();
            }
            running = false;
        } finally {
            watch.close();
            directory.close();
        }
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private synchronized PostgresServer startOn(int free) {
        cluster.start(free, options.settings());
        port = free;
        running = true;
        return this;
    }
}
