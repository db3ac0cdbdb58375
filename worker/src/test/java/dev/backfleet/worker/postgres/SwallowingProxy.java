package dev.backfleet.worker.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Passes bytes on to PostgreSQL, and once lets the answer to a statement fall and cuts the connection. */
final class SwallowingProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger swallowed = new AtomicInteger();
    private volatile @Nullable String trigger;

    SwallowingProxy(int target) throws IOException {
        this.target = target;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** The next time that the client sends this text. */
    void swallowAnswersTo(String text) {
        trigger = text;
    }

    int swallowed() {
        return swallowed.get();
    }

    private void accept() {
        try {
            while (!listening.isClosed()) {
                serve(listening.accept());
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket client) throws IOException {
        var connection = new Connection(client, new Socket(InetAddress.getLoopbackAddress(), target));
        threads.execute(connection::toServer);
        threads.execute(connection::toClient);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }

    /** One connection: its answers fall from the moment on in which the client has sent the text. */
    private final class Connection {
        private final Socket client;
        private final Socket server;
        private volatile boolean falling;

        Connection(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void toServer() {
            var buffer = new byte[65_536];
            try (client;
                    server) {
                for (int read; (read = client.getInputStream().read(buffer)) >= 0; ) {
                    var wanted = trigger;
                    if (wanted != null && new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(wanted)) {
                        trigger = null;
                        falling = true;
                    }
                    server.getOutputStream().write(buffer, 0, read);
                }
            } catch (IOException e) {
                // the other side has gone
            }
        }

        void toClient() {
            var buffer = new byte[65_536];
            try (client;
                    server) {
                for (int read; (read = server.getInputStream().read(buffer)) >= 0; ) {
                    // ReadyForQuery, at the end of what the server says: the statement is over, and committed.
                    if (falling && read >= 6 && buffer[read - 6] == 'Z') {
                        swallowed.incrementAndGet();
                        return;
                    }
                    if (!falling) {
                        client.getOutputStream().write(buffer, 0, read);
                    }
                }
            } catch (IOException e) {
                // likewise
            }
        }
    }
}
