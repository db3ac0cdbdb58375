package dev.backfleet.common.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.ManagementSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers over HTTP. Clients cannot harm the process: threads, connections and the size of a request are limited, and a request that
 * is not there within seconds is cut off, so that others are served.
 */
final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    private static final int THREADS = 16;

    private static final int OK = 200;
    private static final int NOT_MODIFIED = 304;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FAILED = 500;
    private static final int UNAVAILABLE = 503;

    private static final String INDEX = """
            /livez     whether the process makes progress; if not, restart it
            /readyz    whether it can do its work
            /startupz  whether it has started
            /metrics   metrics for Prometheus
            ?verbose   lists what was checked
            """;

    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    private final ListenAddress address;
    private final HealthPage health;
    private final PublishedMetrics metrics;
    private final Map<String, JsonPage> pages = new ConcurrentSkipListMap<>();

    private ManagementServer(HttpServer http, ListenAddress address, HealthPage health, PublishedMetrics metrics) {
        this.http = http;
        this.address = address.withPort(http.getAddress().getPort());
        this.health = health;
        this.metrics = metrics;
        var number = new AtomicInteger();
        // As many requests may wait as there are connections: none is rejected.
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(HttpServerLimits.CONNECTIONS),
                work -> {
                    var thread = new Thread(work, "management-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins to answer.
     *
     * @throws PortTakenException if the address was set and cannot be used
     */
    static ManagementServer start(ManagementSettings settings, HealthPage health, PublishedMetrics metrics) {
        HttpServerLimits.set();
        var server = new ManagementServer(bind(settings), settings.address(), health, metrics);
        server.http.setExecutor(server.threads);
        server.http.createContext("/", server::handle);
        server.http.start();
        return server;
    }

    private static HttpServer bind(ManagementSettings settings) {
        try {
            return bind(settings.address());
        } catch (IOException taken) {
            if (settings.chosen()) {
                throw new PortTakenException(settings.address(), taken);
            }
        }
        try {
            return bind(settings.address().withPort(0));
        } catch (IOException e) {
            throw new PortTakenException(settings.address().withPort(0), e);
        }
    }

    private static HttpServer bind(ListenAddress address) throws IOException {
        return HttpServer.create(
                new InetSocketAddress(InetAddress.getByName(address.host()), address.port()),
                HttpServerLimits.CONNECTIONS);
    }

    /** Where it listens, with the port that it has. */
    ListenAddress address() {
        return address;
    }

    /** Answers with it from now on. */
    void page(String path, JsonPage page) {
        pages.put(path, page);
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            answer(exchange);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("cause", e.getMessage()).log("a client of the management listener is gone");
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("a request to the management listener failed");
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        var method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            send(exchange, NOT_ALLOWED, "text/plain", "GET and HEAD only\n");
            return;
        }
        var query = exchange.getRequestURI().getRawQuery();
        var verbose = query != null && Arrays.stream(query.split("&")).anyMatch(part -> part.matches("verbose(=.*)?"));
        var page = pages.get(exchange.getRequestURI().getPath());
        if (page != null) {
            send(exchange, page);
            return;
        }
        switch (exchange.getRequestURI().getPath()) {
            case "/livez" -> send(exchange, health.live(verbose));
            case "/readyz" -> send(exchange, health.ready(verbose));
            case "/startupz" -> send(exchange, health.startup(verbose));
            case "/metrics" -> scrape(exchange);
            case "/" -> send(exchange, OK, "text/plain", index());
            default -> send(exchange, NOT_FOUND, "text/plain", "there is no such page; there are:\n" + index());
        }
    }

    private String index() {
        return INDEX
                + String.join(
                        "", pages.keySet().stream().map(path -> path + "\n").toList());
    }

    private static void send(HttpExchange exchange, JsonPage page) throws IOException {
        JsonPage.Content content;
        try {
            var read = page.read();
            if (read.isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", "1");
                send(exchange, UNAVAILABLE, "text/plain", "too many requests for this page at the same time\n");
                return;
            }
            content = read.get();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("a page could not be read from the database");
            send(exchange, UNAVAILABLE, "text/plain", "the database does not answer; see the log\n");
            return;
        }
        exchange.getResponseHeaders().set("ETag", content.etag());
        if (content.isKnown(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(NOT_MODIFIED, -1);
            return;
        }
        send(exchange, OK, "application/json", content.text());
    }

    private void scrape(HttpExchange exchange) throws IOException {
        byte[] text;
        try {
            text = metrics.scrape();
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("metrics could not be published");
            send(exchange, FAILED, "text/plain", "metrics could not be published; see the log\n");
            return;
        }
        send(exchange, OK, PublishedMetrics.CONTENT_TYPE, text);
    }

    private static void send(HttpExchange exchange, HealthPage.Answer answer) throws IOException {
        send(exchange, answer.healthy() ? OK : UNAVAILABLE, "text/plain", answer.text());
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        send(exchange, status, type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
