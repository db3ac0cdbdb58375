package dev.backfleet.standalone.demo.migration;

import com.sun.net.httpserver.HttpServer;
import dev.backfleet.standalone.stack.StackException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * The application's health address, as a load balancer asks it: it answers 503 while each of the last reads of the new shape took longer
 * than the application's users accept. Thread-safe.
 */
final class Health implements AutoCloseable {
    private static final Duration ACCEPTABLE = Duration.ofMillis(100);
    private static final int READS = 5;
    private static final int HEALTHY = 200;
    private static final int SICK = 503;

    private final HttpServer server;
    private int slowInARow;

    private Health(HttpServer server) {
        this.server = server;
    }

    /** Begins to answer, on a free port of this machine. */
    static Health open() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var health = new Health(server);
            server.createContext("/healthy", exchange -> {
                exchange.sendResponseHeaders(health.isWell() ? HEALTHY : SICK, -1);
                exchange.close();
            });
            server.start();
            return health;
        } catch (IOException e) {
            throw new StackException("the health address of the demo's application cannot be opened: " + e);
        }
    }

    /** Its address. */
    String url() {
        return "http://" + server.getAddress().getAddress().getHostAddress() + ":"
                + server.getAddress().getPort() + "/healthy";
    }

    /** A read of the new shape took so long. */
    synchronized void newRead(Duration took) {
        slowInARow = took.compareTo(ACCEPTABLE) > 0 ? slowInARow + 1 : 0;
    }

    /** A new release begins without a past. */
    synchronized void startOver() {
        slowInARow = 0;
    }

    private synchronized boolean isWell() {
        return slowInARow < READS;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
