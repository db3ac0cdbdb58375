package dev.backfleet.common.postgres;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks just enough of PostgreSQL's protocol to reject a client in a chosen way. */
final class RefusingServer implements AutoCloseable {

    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private final ServerSocket socket;
    private final char tlsAnswer;
    private final Answer answer;

    /** What the server does once the client has introduced itself. */
    private interface Answer {
        void give(DataOutputStream out) throws IOException;
    }

    private RefusingServer(char tlsAnswer, Answer answer) throws IOException {
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.tlsAnswer = tlsAnswer;
        this.answer = answer;
        var thread = new Thread(this::serve, "refusing-server");
        thread.setDaemon(true);
        thread.start();
    }

    static RefusingServer saying(String state, String message) throws IOException {
        var fields = ("SFATAL\0VFATAL\0C" + state + "\0M" + message + "\0\0").getBytes(StandardCharsets.UTF_8);
        return new RefusingServer('N', out -> {
            out.writeByte('E');
            out.writeInt(4 + fields.length);
            out.write(fields);
        });
    }

    static RefusingServer wantingPassword() throws IOException {
        return new RefusingServer('N', out -> {
            out.writeByte('R');
            out.writeInt(8);
            out.writeInt(3);
        });
    }

    static RefusingServer silent() throws IOException {
        return new RefusingServer(' ', out -> {});
    }

    static RefusingServer withBrokenTls() throws IOException {
        return new RefusingServer('S', out -> {});
    }

    /** A port without a listener. */
    static int closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (var client = socket.accept()) {
                converse(client);
            } catch (IOException e) {
                // The client went away, or the test is over: either ends the conversation.
            }
        }
    }

    private void converse(Socket client) throws IOException {
        var in = new DataInputStream(client.getInputStream());
        var out = new DataOutputStream(client.getOutputStream());
        while (true) {
            var length = in.readInt();
            var code = in.readInt();
            in.readNBytes(length - 8);
            if (code != SSL_REQUEST && code != GSS_REQUEST) {
                break;
            }
            if (tlsAnswer == ' ') {
                in.read(); // Until the client times out.
                return;
            }
            out.writeByte(code == SSL_REQUEST ? tlsAnswer : 'N');
            if (code == SSL_REQUEST && tlsAnswer == 'S') {
                out.writeBytes("this is not TLS");
                return;
            }
        }
        answer.give(out);
        out.flush();
        in.read();
    }
}
