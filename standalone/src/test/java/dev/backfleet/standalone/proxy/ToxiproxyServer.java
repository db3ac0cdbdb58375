package dev.backfleet.standalone.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The REST API over all proxies: paths, verbs and fields are those of Toxiproxy 2, so that the real one can replace it. */
public final class ToxiproxyServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Proxy> proxies = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final HttpServer http;
    private final long seed;

    private ToxiproxyServer(HttpServer http, long seed) {
        this.http = http;
        this.seed = seed;
    }

    /** Starts it on a free port. */
    public static ToxiproxyServer start(long seed) throws IOException {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var server = new ToxiproxyServer(http, seed);
        http.createContext("/", server::handle);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    /** Where its API is: host and port. */
    public String address() {
        return "127.0.0.1:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
        proxies.values().forEach(Proxy::close);
    }

    private void handle(HttpExchange exchange) throws IOException {
        Reply reply;
        try {
            reply = reply(exchange);
        } catch (IllegalArgumentException | IOException e) {
            reply = new Reply(400, Map.of("error", String.valueOf(e.getMessage()), "status", 400));
        }
        var body = reply.body == NOTHING ? new byte[0] : JSON.writeValueAsBytes(reply.body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(reply.status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        var path = Arrays.stream(exchange.getRequestURI().getPath().split("/"))
                .filter(part -> !part.isEmpty())
                .toList();
        var call = exchange.getRequestMethod() + " " + (path.isEmpty() ? "" : path.get(0)) + " " + path.size();
        var body = JSON.readTree(exchange.getRequestBody());
        return switch (call) {
            case "GET version 1" -> new Reply(200, Map.of("version", "2.12.0"));
            case "POST reset 1" -> reset();
            case "GET proxies 1" ->
                new Reply(
                        200, proxies.values().stream().collect(Collectors.toMap(Proxy::name, ToxiproxyServer::shown)));
            case "POST proxies 1" -> create(body);
            default ->
                path.size() < 2 || !path.get(0).equals("proxies")
                        ? missing("no such path")
                        : Optional.ofNullable(proxies.get(path.get(1)))
                                .map(proxy -> ofProxy(exchange.getRequestMethod(), proxy, path, body))
                                .orElse(missing("proxy not found"));
        };
    }

    private Reply ofProxy(String verb, Proxy proxy, List<String> path, JsonNode body) {
        if (path.size() > 4 || (path.size() > 2 && !path.get(2).equals("toxics"))) {
            return missing("no such path");
        }
        if (path.size() == 4) {
            return ofToxic(verb, proxy, path.get(3), body);
        }
        return switch (verb + " " + path.size()) {
            case "GET 2" -> new Reply(200, shown(proxy));
            case "POST 2", "PATCH 2" -> change(proxy, body);
            case "DELETE 2" -> {
                proxies.remove(proxy.name());
                proxy.close();
                yield new Reply(204, NOTHING);
            }
            case "GET 3" ->
                new Reply(
                        200, proxy.toxics().stream().map(ToxiproxyServer::shown).toList());
            case "POST 3" -> add(proxy, body);
            default -> missing("no such verb");
        };
    }

    private static Reply ofToxic(String verb, Proxy proxy, String name, JsonNode body) {
        var found = proxy.toxics().stream()
                .filter(toxic -> toxic.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            return missing("toxic not found");
        }
        return switch (verb) {
            case "GET" -> new Reply(200, shown(found.get()));
            case "POST", "PATCH" -> {
                var old = found.get();
                var changed = new Toxic(
                        old.name(),
                        old.type(),
                        old.stream(),
                        body.path("toxicity").asDouble(old.toxicity()),
                        body.has("attributes") ? attributes(body) : old.attributes());
                proxy.put(changed);
                yield new Reply(200, shown(changed));
            }
            case "DELETE" -> {
                proxy.remove(name);
                yield new Reply(204, NOTHING);
            }
            default -> missing("no such verb");
        };
    }

    private Reply create(JsonNode body) {
        var name = body.path("name").asText();
        if (name.isEmpty()) {
            return new Reply(400, Map.of("error", "missing required field: name", "status", 400));
        }
        if (proxies.containsKey(name)) {
            return new Reply(409, Map.of("error", "proxy already exists", "status", 409));
        }
        var listen = body.path("listen").asText("127.0.0.1:0");
        var proxy = new Proxy(
                name, address(listen).getPort(), address(body.path("upstream").asText()), seed + name.hashCode());
        proxies.put(name, proxy);
        if (!body.path("enabled").asBoolean(true)) {
            proxy.disable();
        }
        return new Reply(201, shown(proxy));
    }

    private static Reply change(Proxy proxy, JsonNode body) {
        if (body.has("upstream")) {
            proxy.move(address(body.path("upstream").asText()));
        }
        if (body.path("enabled").asBoolean(proxy.isEnabled())) {
            proxy.enable();
        } else {
            proxy.disable();
        }
        return new Reply(200, shown(proxy));
    }

    private static Reply add(Proxy proxy, JsonNode body) {
        var type = ToxicType.of(body.path("type").asText());
        if (type.isEmpty()) {
            return new Reply(400, Map.of("error", "invalid toxic type", "status", 400));
        }
        var stream =
                body.path("stream").asText("downstream").equals("upstream") ? Direction.UPSTREAM : Direction.DOWNSTREAM;
        var name = body.path("name").asText(type.get().word() + "_" + stream.word());
        if (proxy.toxics().stream().anyMatch(toxic -> toxic.name().equals(name))) {
            return new Reply(409, Map.of("error", "toxic already exists", "status", 409));
        }
        var toxic = new Toxic(name, type.get(), stream, body.path("toxicity").asDouble(1), attributes(body));
        proxy.put(toxic);
        return new Reply(200, shown(toxic));
    }

    private Reply reset() {
        for (var proxy : proxies.values()) {
            proxy.toxics().forEach(toxic -> proxy.remove(toxic.name()));
            proxy.enable();
        }
        return new Reply(204, NOTHING);
    }

    private static Map<String, Long> attributes(JsonNode body) {
        var attributes = new LinkedHashMap<String, Long>();
        body.path("attributes").properties().forEach(field -> {
            attributes.put(field.getKey(), field.getValue().asLong(-1));
        });
        return attributes;
    }

    private static InetSocketAddress address(String text) {
        var colon = text.lastIndexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException("not an address of the form host:port: " + text);
        }
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    private static Map<String, Object> shown(Proxy proxy) {
        return Map.of(
                "name",
                proxy.name(),
                "listen",
                "127.0.0.1:" + proxy.port(),
                "upstream",
                proxy.upstream().getHostString() + ":" + proxy.upstream().getPort(),
                "enabled",
                proxy.isEnabled(),
                "toxics",
                proxy.toxics().stream().map(ToxiproxyServer::shown).toList());
    }

    private static Map<String, Object> shown(Toxic toxic) {
        return Map.of(
                "name",
                toxic.name(),
                "type",
                toxic.type().word(),
                "stream",
                toxic.stream().word(),
                "toxicity",
                toxic.toxicity(),
                "attributes",
                toxic.attributes());
    }

    private static Reply missing(String what) {
        return new Reply(404, Map.of("error", what, "status", 404));
    }

    private static final Object NOTHING = new Object();

    /** A status and its message. */
    private record Reply(int status, Object body) {}
}
