import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two versions of an application behind a proxy that asks a flag of Backfleet which tenant is served by which version.
 *
 * <pre>
 * java -cp postgresql.jar BlueGreen.java blue  PORT JDBC-URL                  the old version: it reads full_name
 * java -cp postgresql.jar BlueGreen.java green PORT JDBC-URL                  the new one: it reads first_name and last_name
 * java -cp postgresql.jar BlueGreen.java proxy PORT BLUE-PORT GREEN-PORT JDBC-URL
 * java -cp postgresql.jar BlueGreen.java load  PROXY-PORT                     tenants that ask all the time, and a line each second
 * </pre>
 *
 * <p>The proxy answers /healthy with 200 while both versions do, and while less than 5 % of the green answers of the last five seconds were
 * errors. Backfleet asks it before each step, and takes all tenants back to blue when it answers otherwise twice in a row.
 */
public final class BlueGreen {
    private static final int TENANTS = 100;
    private static final String FLAG = "split-names";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    public static void main(String[] arguments) throws Exception {
        var port = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "blue" -> application(port, arguments[2], "blue", "select full_name from customers where tenant_id = ? limit 10");
            case "green" ->
                application(port, arguments[2], "green", "select concat_ws(' ', first_name, last_name) from customers where tenant_id = ? limit 10");
            case "proxy" -> new Proxy(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), arguments[4]).serve(port);
            case "load" -> new Load(port).run();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** One version. After a request to /break it answers with errors, as a release with a mistake would. */
    private static void application(int port, String url, String version, String sql) throws Exception {
        var connection = DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + "ApplicationName=" + version);
        var broken = new boolean[1];
        var server = server(port);
        server.createContext("/healthy", exchange -> answer(exchange, 200, "ok", version));
        server.createContext("/break", exchange -> {
            broken[0] = true;
            answer(exchange, 200, "from now on there are errors", version);
        });
        server.createContext("/names", exchange -> {
            try {
                var names = broken[0] ? null : names(connection, sql, tenant(exchange));
                answer(exchange, names == null ? 500 : 200, names == null ? "a mistake" : names, version);
            } catch (SQLException e) {
                answer(exchange, 500, e.getMessage(), version);
            }
        });
        server.start();
        System.out.println(version + " listens on " + port);
    }

    private static String names(Connection connection, String sql, String tenant) throws SQLException {
        synchronized (connection) {
            try (var statement = connection.prepareStatement(sql)) {
                statement.setInt(1, Integer.parseInt(tenant));
                var names = new StringBuilder();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        names.append(rows.getString(1)).append('\n');
                    }
                }
                return names.toString();
            }
        }
    }

    /** Sends each tenant to the version that the flag says. */
    private static final class Proxy {
        private static final Duration WINDOW = Duration.ofSeconds(5);
        private static final int ENOUGH = 10;
        private static final double ERRORS = 0.05;

        private final int blue;
        private final int green;
        private final String url;
        private final Deque<long[]> answers = new ArrayDeque<>();
        private volatile Rules rules = new Rules(false, 0, Map.of());

        Proxy(int blue, int green, String url) {
            this.blue = blue;
            this.green = green;
            this.url = url;
        }

        void serve(int port) throws Exception {
            var poll = new Thread(this::poll, "flag");
            poll.setDaemon(true);
            poll.start();
            var server = server(port);
            server.createContext("/names", this::forward);
            server.createContext("/healthy", exchange -> answer(exchange, healthy() ? 200 : 503, "", "proxy"));
            server.start();
            System.out.println("the proxy listens on " + port);
        }

        // Four times a second; while the database is away, what was known stays in effect: both shapes are kept up.
        private void poll() {
            while (true) {
                try (var connection = DriverManager.getConnection(url)) {
                    while (true) {
                        rules = rules(connection);
                        Thread.sleep(250);
                    }
                } catch (SQLException e) {
                    pause();
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private static Rules rules(Connection connection) throws SQLException {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("select state = 'ON', percent, tenants, tenant_values"
                            + " from backfleet.flag_states('{}', '{}') where name = '" + FLAG + "'")) {
                if (!rows.next()) {
                    return new Rules(false, 0, Map.of());
                }
                var names = (String[]) rows.getArray(3).getArray();
                var values = (Boolean[]) rows.getArray(4).getArray();
                var named = new HashMap<String, Boolean>();
                for (var i = 0; i < names.length; i++) {
                    named.put(names[i], values[i]);
                }
                return new Rules(rows.getBoolean(1), rows.getDouble(2), named);
            }
        }

        private void forward(HttpExchange exchange) throws IOException {
            var isGreen = rules.isOn(tenant(exchange));
            var status = 502;
            var body = "no answer";
            try {
                var answer = HTTP.send(
                        get(isGreen ? green : blue, exchange.getRequestURI().toString()), BodyHandlers.ofString());
                status = answer.statusCode();
                body = answer.body();
            } catch (IOException e) {
                body = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (isGreen) {
                note(status);
            }
            answer(exchange, status, body, isGreen ? "green" : "blue");
        }

        private synchronized void note(int status) {
            answers.addLast(new long[] {System.nanoTime(), status});
            forget();
        }

        private void forget() {
            while (!answers.isEmpty() && System.nanoTime() - answers.getFirst()[0] > WINDOW.toNanos()) {
                answers.removeFirst();
            }
        }

        private boolean healthy() {
            return answers(blue) && answers(green) && errors() < ERRORS;
        }

        private synchronized double errors() {
            forget();
            var bad = answers.stream().filter(answer -> answer[1] != 200).count();
            return answers.size() < ENOUGH ? 0 : bad / (double) answers.size();
        }

        private static boolean answers(int port) {
            try {
                return HTTP.send(get(port, "/healthy"), BodyHandlers.discarding()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** The rules of a flag, in their order: OFF, the tenant's own row, the percentage. */
    private static final class Rules {
        private final boolean on;
        private final double percent;
        private final Map<String, Boolean> named;

        Rules(boolean on, double percent, Map<String, Boolean> named) {
            this.on = on;
            this.percent = percent;
            this.named = named;
        }

        boolean isOn(String tenant) {
            return on && named.getOrDefault(tenant, bucket(tenant) < percent * 100);
        }

        // The first four bytes of SHA-256 over flag, a zero byte and tenant, as a fraction of 10,000: who is in at 10 % is in at 25 %.
        private static int bucket(String tenant) {
            try {
                var hash = MessageDigest.getInstance("SHA-256").digest((FLAG + '\0' + tenant).getBytes(StandardCharsets.UTF_8));
                var first = 0L;
                for (var i = 0; i < 4; i++) {
                    first = first << 8 | hash[i] & 0xff;
                }
                return (int) (first * 10_000 >> 32);
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Tenants that ask all the time. Each is served by one thread, so that its answers are in the order of its requests. */
    private static final class Load {
        private static final int THREADS = 4;

        private final int port;
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger ofGreen = new AtomicInteger();
        private final AtomicInteger errors = new AtomicInteger();
        private final AtomicInteger tenants = new AtomicInteger();
        private final AtomicInteger wentGreen = new AtomicInteger();
        private final AtomicInteger wentBack = new AtomicInteger();

        Load(int port) {
            this.port = port;
        }

        void run() throws InterruptedException {
            for (var i = 0; i < THREADS; i++) {
                var first = i;
                var thread = new Thread(() -> ask(first), "load-" + i);
                thread.setDaemon(true);
                thread.start();
            }
            while (true) {
                Thread.sleep(1_000);
                System.out.println("requests=" + asked.getAndSet(0) + " green=" + ofGreen.getAndSet(0) + " errors=" + errors.getAndSet(0)
                        + " tenants=" + tenants + " tenants-went-green=" + wentGreen + " tenants-went-back=" + wentBack);
            }
        }

        private void ask(int first) {
            var before = new HashMap<Integer, String>();
            for (var tenant = first; ; tenant = tenant + THREADS < TENANTS ? tenant + THREADS : first) {
                try {
                    var answer = HTTP.send(get(port, "/names?tenant=" + tenant), BodyHandlers.ofString());
                    var version = answer.headers().firstValue("X-Version").orElse("none");
                    var last = before.put(tenant, version);
                    asked.incrementAndGet();
                    ofGreen.addAndGet(version.equals("green") ? 1 : 0);
                    errors.addAndGet(answer.statusCode() == 200 ? 0 : 1);
                    if (last == null) {
                        tenants.incrementAndGet();
                    } else if (!last.equals(version)) {
                        (version.equals("green") ? wentGreen : wentBack).incrementAndGet();
                    }
                } catch (IOException e) {
                    errors.incrementAndGet();
                } catch (InterruptedException e) {
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static HttpServer server(int port) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        return server;
    }

    private static HttpRequest get(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(2))
                .build();
    }

    private static String tenant(HttpExchange exchange) {
        return exchange.getRequestURI().getQuery().replaceFirst("^tenant=", "");
    }

    private static void answer(HttpExchange exchange, int status, String body, String version) throws IOException {
        try (exchange) {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("X-Version", version);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
