package dev.backfleet.coordinator.serve;

import dev.backfleet.common.settings.ListenAddress;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** What the HTTP server may use, so that no client can harm the process: threads, connections, sizes and times are limited. */
final class HttpLimits {
    private static final int THREADS = 16;
    private static final int LEAST_THREADS = 2;
    private static final int IDLE_THREAD_MILLIS = 30_000;
    private static final int IDLE_MILLIS = 30_000;
    private static final int CONNECTIONS = 512;
    private static final int HEADER_BYTES = 16_384;

    private HttpLimits() {}

    static void set(JavalinConfig config, ListenAddress address) {
        var threads = new QueuedThreadPool(THREADS, LEAST_THREADS, IDLE_THREAD_MILLIS);
        threads.setName("http");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.prefer405over404 = true;
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.jetty.addConnector((server, http) -> {
            http.setRequestHeaderSize(HEADER_BYTES);
            http.setSendServerVersion(false);
            http.setSendDateHeader(true);
            http.setUriCompliance(UriCompliance.DEFAULT);
            var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
            connector.setHost(address.host());
            connector.setPort(address.port());
            connector.setIdleTimeout(IDLE_MILLIS);
            connector.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
            return connector;
        });
    }
}
