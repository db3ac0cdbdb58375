package dev.backfleet.standalone.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Listens on a port of the loopback interface, and passes each connection on to a server, through its toxics. */
final class Proxy implements AutoCloseable {
    private final String name;
    private volatile InetSocketAddress upstream;
    private final Random random;
    private final Map<String, Toxic> toxics = new LinkedHashMap<>();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Proxy::daemon);
    private int port;
    private @Nullable ServerSocket listening;

    /** Creates it, listening on a port, 0 for any. */
    Proxy(String name, int port, InetSocketAddress upstream, long seed) {
        this.name = name;
        this.port = port;
        this.upstream = upstream;
        this.random = new Random(seed);
        enable();
    }

    String name() {
        return name;
    }

    synchronized int port() {
        return port;
    }

    InetSocketAddress upstream() {
        return upstream;
    }

    synchronized boolean isEnabled() {
        return listening != null;
    }

    /** Listens, if it does not already. */
    synchronized void enable() {
        if (listening == null) {
            try {
                var socket = new ServerSocket();
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
                port = socket.getLocalPort();
                listening = socket;
                daemon(() -> accept(socket)).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Passes on to another server from now on, and ends the connections to the former one. */
    synchronized void move(InetSocketAddress to) {
        if (!to.equals(upstream)) {
            upstream = to;
            List.copyOf(links).forEach(Link::close);
        }
    }

    /** Rejects connections, and ends the existing ones. */
    synchronized void disable() {
        if (listening != null) {
            try {
                listening.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            listening = null;
            List.copyOf(links).forEach(Link::close);
        }
    }

    synchronized Collection<Toxic> toxics() {
        return List.copyOf(toxics.values());
    }

    /** Adds a toxic, or replaces the one of the same name. */
    synchronized void put(Toxic toxic) {
        remove(toxic.name());
        toxics.put(toxic.name(), toxic);
        links.forEach(link -> link.afflict(toxic));
    }

    /** Removes a toxic; whether there was one. */
    synchronized boolean remove(String toxic) {
        var removed = toxics.remove(toxic);
        if (removed != null) {
            links.forEach(link -> link.relieve(removed));
        }
        return removed != null;
    }

    @Override
    public void close() {
        disable();
        timer.shutdownNow();
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                // Connecting may take its time; others need not wait for it.
                daemon(() -> connect(client)).start();
            } catch (IOException e) {
                // It was closed, or the client is gone already.
            }
        }
    }

    private void connect(Socket client) {
        try {
            var to = upstream;
            var server = new Socket(to.getAddress(), to.getPort());
            synchronized (this) {
                var link = new Link(client, server, new Random(random.nextLong()), timer, links::remove);
                links.add(link);
                toxics.values().forEach(link::afflict);
                if (listening == null || !to.equals(upstream)) {
                    link.close();
                }
                link.start(name);
            }
        } catch (IOException e) {
            refuse(client);
        }
    }

    private static void refuse(Socket client) {
        try {
            client.close();
        } catch (IOException e) {
            // It is gone by itself.
        }
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        return thread;
    }
}
