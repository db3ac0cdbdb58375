package dev.backfleet.common.management;

/**
 * The limits of the JDK's HTTP server. It reads them from system properties when the first one of a JVM is created, and never again:
 * whoever creates a server in the same JVM sets them before.
 */
public final class HttpServerLimits {
    /** The most connections of a server at the same time. */
    static final int CONNECTIONS = 64;

    // Also how long a connection that sends nothing stays.
    private static final String REQUEST_SECONDS = "2";
    private static final String RESPONSE_SECONDS = "10";

    private HttpServerLimits() {}

    /** Sets those that are not set. */
    public static void set() {
        setUnlessSet("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        setUnlessSet("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
        setUnlessSet("sun.net.httpserver.idleInterval", RESPONSE_SECONDS);
        setUnlessSet("sun.net.httpserver.maxIdleConnections", "16");
        setUnlessSet("jdk.httpserver.maxConnections", Integer.toString(CONNECTIONS));
        setUnlessSet("sun.net.httpserver.maxReqHeaders", "50");
        setUnlessSet("sun.net.httpserver.maxReqHeaderSize", "16384");
        setUnlessSet("sun.net.httpserver.nodelay", "true");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
