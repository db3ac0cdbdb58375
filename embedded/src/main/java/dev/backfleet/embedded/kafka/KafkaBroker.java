package dev.backfleet.embedded.kafka;

import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.embedded.process.ExitHook;
import dev.backfleet.embedded.process.FreePort;
import dev.backfleet.embedded.process.ServerDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka cluster of one broker on 127.0.0.1, in a process of its own. It ends when it is closed, when the JVM
 * ends, and soon after the JVM was killed. Thread-safe.
 */
public final class KafkaBroker implements AutoCloseable {

    private final ServerDirectory directory;
    private final KafkaOptions options;
    private final @Nullable ExitHook hook;
    private int port;
    private int controllerPort;
    private @Nullable BrokerProcess process;
    private boolean closed;

    private KafkaBroker(ServerDirectory directory, KafkaOptions options) {
        this.directory = directory;
        this.options = options;
        this.hook = options.closeAtExit() ? ExitHook.register("kafka", this::close) : null;
    }

    /**
     * Starts a broker and returns when it answers.
     *
     * @throws EmbeddedServerException if it does not start, or if its directory is in use; the message says why
     */
    public static KafkaBroker open(KafkaOptions options) {
        var broker = new KafkaBroker(ServerDirectory.open(options.directory(), "kafka"), options);
        try {
            return FreePort.open(options.port(), broker::startOn);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** Starts again after {@link #kill}, with the same data on the same port. */
    public synchronized void start() {
        if (closed) {
            throw new IllegalStateException("the broker was closed");
        }
        if (process == null) {
            startOn(port);
        }
    }

    /** Ends the broker by SIGKILL. The next start takes some seconds: its old registration has to time out. */
    public synchronized void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** What clients connect to, the same after each start. */
    public synchronized String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** The number of the broker's process. */
    public synchronized long pid() {
        if (process == null) {
            throw new IllegalStateException("the broker does not run");
        }
        return process.pid();
    }

    /** Whether the broker's process runs. */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** The broker's log: warnings and errors. */
    public Path logFile() {
        return directory.path().resolve(BrokerMain.LOG_FILE);
    }

    /** Stops the broker; one whose data are deleted then is killed, which is quicker. Idempotent. */
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
            if (process != null && directory.temporary()) {
                process.kill();
            } else if (process != null) {
                process.stop();
            }
        } finally {
            process = null;
            directory.close();
        }
    }

    private synchronized KafkaBroker startOn(int free) {
        var home = directory.path();
        int controller = port == 0 ? FreePort.next() : controllerPort;
        var properties = BrokerProperties.of(home.resolve("data"), free, controller, options.properties());
        try (var file = Files.newBufferedWriter(home.resolve(BrokerMain.PROPERTIES_FILE))) {
            properties.store(file, null);
        } catch (IOException e) {
            throw new EmbeddedServerException("cannot write the broker's properties to " + home, e);
        }
        process = BrokerProcess.start(directory, options.shareGroups());
        port = free;
        controllerPort = controller;
        return this;
    }
}
