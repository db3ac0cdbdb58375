package dev.backfleet.standalone.proxy;

import java.io.IOException;
import java.net.Socket;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One connection through a proxy: the client's socket, the server's, and a pipe each way. */
final class Link {
    private final Socket client;
    private final Socket server;
    private final Map<Direction, Pipe> pipes = new EnumMap<>(Direction.class);
    private final Random random;
    private final ScheduledExecutorService timer;
    private final Consumer<Link> closed;
    private volatile boolean open = true;

    /**
     * A link that does not transfer anything yet.
     *
     * @param closed is called at its end
     */
    Link(Socket client, Socket server, Random random, ScheduledExecutorService timer, Consumer<Link> closed)
            throws IOException {
        this.client = client;
        this.server = server;
        this.random = random;
        this.timer = timer;
        this.closed = closed;
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        pipes.put(
                Direction.UPSTREAM,
                new Pipe(this, client.getInputStream(), server.getOutputStream(), new Random(random.nextLong())));
        pipes.put(
                Direction.DOWNSTREAM,
                new Pipe(this, server.getInputStream(), client.getOutputStream(), new Random(random.nextLong())));
    }

    void start(String name) {
        pipes.forEach((direction, pipe) -> pipe.start(name + "-" + direction.word()));
    }

    boolean isOpen() {
        return open;
    }

    /** Applies a toxic with its probability to this connection. */
    void afflict(Toxic toxic) {
        if (random.nextDouble() >= toxic.toxicity()) {
            return;
        }
        pipe(toxic).afflict(toxic);
        var timeout = toxic.number("timeout");
        if (toxic.type() == ToxicType.RESET_PEER) {
            later(timeout, this::reset);
        } else if (toxic.type() == ToxicType.TIMEOUT && timeout > 0) {
            later(timeout, this::close);
        }
    }

    /** Removes a toxic. A connection that has lost bytes cannot continue. */
    void relieve(Toxic toxic) {
        if (pipe(toxic).relieve(toxic)) {
            close();
        }
    }

    /** Closes both sides normally. */
    void close() {
        open = false;
        closeQuietly(client);
        closeQuietly(server);
        closed.accept(this);
    }

    private void reset() {
        try {
            client.setSoLinger(true, 0);
            server.setSoLinger(true, 0);
        } catch (IOException e) {
            // It has ended already.
        }
        close();
    }

    private Pipe pipe(Toxic toxic) {
        return Objects.requireNonNull(pipes.get(toxic.stream()));
    }

    private void later(long millis, Runnable what) {
        if (millis == 0) {
            what.run();
        } else {
            var unused = timer.schedule(what, millis, TimeUnit.MILLISECONDS);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }
}
