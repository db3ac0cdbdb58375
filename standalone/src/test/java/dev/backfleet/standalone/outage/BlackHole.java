package dev.backfleet.standalone.outage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes bytes on to a server, and for a while swallows all of them. A connection from which bytes were swallowed stays
 * dead afterwards, without notice to either side, as behind a firewall that has lost its table of connections.
 */
final class BlackHole implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger holes = new AtomicInteger();
    private volatile boolean open;

    /** Listens on a port, and passes on to another one on 127.0.0.1. */
    BlackHole(int port, int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        thread(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Drops everything from now on. */
    void open() {
        holes.incrementAndGet();
        open = true;
    }

    /** From now on new connections come through. */
    void end() {
        holes.incrementAndGet();
        open = false;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                sockets.add(client);
                thread(() -> connect(client));
            } catch (IOException e) {
                // It is being closed.
            }
        }
    }

    private void connect(Socket client) {
        if (open) {
            // The server never hears of it. The client gets no answer, also afterwards.
            return;
        }
        try {
            var server = new Socket();
            sockets.add(server);
            // A frozen server accepts no more when its queue is full. The system would try again after ever longer
            // pauses.
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            var born = holes.get();
            thread(() -> pass(client, server, born));
            thread(() -> pass(server, client, born));
        } catch (IOException e) {
            // The server is away, which the client is to notice.
            close(client);
        }
    }

    private void pass(Socket from, Socket to, int born) {
        var buffer = new byte[65_536];
        try {
            var in = from.getInputStream();
            var out = to.getOutputStream();
            for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (!open && born == holes.get()) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        // An end is passed on like any other byte: not at all, if it is swallowed.
        if (!open && born == holes.get()) {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // It is gone, which is what was wanted.
        }
    }

    private static void thread(Runnable work) {
        var thread = new Thread(work, "black-hole");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        sockets.forEach(this::close);
    }
}
