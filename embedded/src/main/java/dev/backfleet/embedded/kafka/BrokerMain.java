package dev.backfleet.embedded.kafka;

import dev.backfleet.embedded.process.ServerDirectory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * The child process: one broker, which runs until it gets SIGTERM or until its parent ends, which closes the pipe on
 * its standard input.
 */
public final class BrokerMain {

    /** The line on standard output that says that the broker answers. */
    static final String READY = "backfleet-broker-ready";

    static final String PROPERTIES_FILE = "broker.properties";
    static final String LOG_FILE = "broker.log";

    private static final long SHUTDOWN_LIMIT_MILLIS = 15_000;

    private final Path directory;
    private final boolean temporary;
    private volatile @Nullable KafkaRaftServer server;

    private BrokerMain(Path directory, boolean temporary) {
        this.directory = directory;
        this.temporary = temporary;
    }

    /** Arguments: the broker's directory, whether it is temporary, and whether a new cluster has share groups. */
    public static void main(String[] arguments) {
        var broker = new BrokerMain(Path.of(arguments[0]), Boolean.parseBoolean(arguments[1]));
        new Thread(broker::endWithParent, "parent-watch").start();
        try {
            BrokerLog.writeTo(broker.directory.resolve(LOG_FILE));
            broker.run(Boolean.parseBoolean(arguments[2]));
        } catch (Throwable e) {
            // Standard error goes to the log file as well: the parent shows its end if the start fails.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void run(boolean shareGroups) throws Exception {
        try (var lock = awaitPredecessor()) {
            var properties = new Properties();
            try (var reader = Files.newBufferedReader(directory.resolve(PROPERTIES_FILE))) {
                properties.load(reader);
            }
            BrokerFormat.formatIfNew(Path.of(properties.getProperty("log.dirs")), shareGroups);
            var broker = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            server = broker;
            Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "broker-shutdown"));
            broker.startup();
            say(READY);
            broker.awaitShutdown();
        }
    }

    // After the parent was killed, its broker may still be writing its last pages.
    private FileChannel awaitPredecessor() throws IOException {
        var channel =
                FileChannel.open(directory.resolve("broker.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        return channel;
    }

    private void endWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // An unreadable pipe counts as the parent's end.
        }
        shutDown();
        deleteIfTemporary();
        Runtime.getRuntime().halt(0);
    }

    private synchronized void shutDown() {
        var broker = server;
        if (broker == null) {
            return;
        }
        var shutdown = new Thread(broker::shutdown, "broker-stop");
        shutdown.setDaemon(true);
        shutdown.start();
        try {
            shutdown.join(SHUTDOWN_LIMIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (shutdown.isAlive()) {
            Runtime.getRuntime().halt(1);
        }
        server = null;
    }

    private void deleteIfTemporary() {
        try {
            if (temporary) {
                ServerDirectory.delete(directory);
            }
        } catch (IOException e) {
            // No process is left to report to; the operating system clears its temporary directory later.
        }
    }

    private static void say(String line) {
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII).println(line);
    }
}
