package dev.backfleet.common.kafka.setup;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Asks a server in the Kafka protocol which versions it knows, and looks only whether the answer has the form of one. A
 * Kafka client would take any other server's first four bytes for a length, and try to find room for that much.
 */
final class ApiVersionsProbe {
    private static final short API_VERSIONS = 18;
    private static final int CORRELATION = 0x6266;
    private static final int LARGEST_ANSWER = 1 << 20;

    private ApiVersionsProbe() {}

    /** Whether the server answers, and not as a Kafka broker does. Silence and hanging up tell nothing. */
    static boolean answersStrangely(InetSocketAddress server, int millis) {
        try (var socket = new Socket()) {
            socket.connect(server, millis);
            socket.setSoTimeout(millis);
            greet(new DataOutputStream(socket.getOutputStream()));
            var answer = new DataInputStream(socket.getInputStream());
            var length = answer.readInt();
            return length < Integer.BYTES || length > LARGEST_ANSWER || answer.readInt() != CORRELATION;
        } catch (IOException e) {
            return false;
        }
    }

    private static void greet(DataOutputStream out) throws IOException {
        var client = "backfleet".getBytes(StandardCharsets.UTF_8);
        out.writeInt(Short.BYTES + Short.BYTES + Integer.BYTES + Short.BYTES + client.length);
        out.writeShort(API_VERSIONS);
        out.writeShort(0);
        out.writeInt(CORRELATION);
        out.writeShort(client.length);
        out.write(client);
        out.flush();
    }
}
