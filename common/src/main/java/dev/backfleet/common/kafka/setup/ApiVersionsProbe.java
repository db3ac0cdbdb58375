package dev.backfleet.common.kafka.setup;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Sends a Kafka ApiVersions request and only checks the form of the answer. A Kafka client would read the first four
 * bytes of any other server's answer as a length, and try to allocate that much memory.
 */
final class ApiVersionsProbe {
    private static final short API_VERSIONS = 18;
    private static final int CORRELATION = 0x6266;
    private static final int LARGEST_ANSWER = 1 << 20;

    private ApiVersionsProbe() {}

    /** Whether the server answers, but not as a Kafka broker does. No answer or a closed connection proves nothing. */
    static boolean isNotKafka(InetSocketAddress server, int millis) {
        try (var socket = new Socket()) {
            socket.connect(server, millis);
            socket.setSoTimeout(millis);
            sendRequest(new DataOutputStream(socket.getOutputStream()));
            var answer = new DataInputStream(socket.getInputStream());
            var length = answer.readInt();
            return length < Integer.BYTES || length > LARGEST_ANSWER || answer.readInt() != CORRELATION;
        } catch (IOException e) {
            return false;
        }
    }

    private static void sendRequest(DataOutputStream out) throws IOException {
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
