package dev.backfleet.embedded.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

/** Chooses free ports of the loopback interface. */
public final class FreePort {

    // Below the range that operating systems take for outgoing connections: a server that restarts on its port must
    // not find it taken by a client, least of all by one that waits for that server and has connected to itself.
    private static final int FIRST = 15_000;
    private static final int LAST = 32_000;
    private static final int ATTEMPTS = 1_000;
    private static final int STARTS = 3;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePort() {}

    /** A port that is free now and that this process has not been given before. */
    public static int next() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new EmbeddedServerException("no free port between " + FIRST + " and " + LAST);
    }

    /**
     * Opens a server on the requested port, or on a free one if 0 was requested; then, if another process was faster,
     * on another free one.
     */
    public static <T> T open(int requested, IntFunction<T> server) {
        for (int start = 1; ; start++) {
            try {
                return server.apply(requested == 0 ? next() : requested);
            } catch (EmbeddedServerException e) {
                if (requested != 0 || start == STARTS || !lostTheRace(e)) {
                    throw e;
                }
            }
        }
    }

    private static boolean lostTheRace(EmbeddedServerException e) {
        return String.valueOf(e.getMessage()).contains("Address already in use");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
