package dev.backfleet.standalone.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** Speaks to a Toxiproxy, be it this project's own or the real one. */
public final class Toxiproxy {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String address;

    /** Speaks to the one at the address, host and port. */
    public Toxiproxy(String address) {
        this.address = address;
    }

    /** Creates a proxy on a port, 0 for any, before a server; the port that it listens on. */
    public int create(String name, int port, String upstream) {
        var made = call("POST", "/proxies", Map.of("name", name, "listen", "127.0.0.1:" + port, "upstream", upstream));
        var listen = made.path("listen").asText();
        return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
    }

    /** Lets a proxy do something to one direction of its connections: to the server, or from it. */
    public void add(String proxy, String name, String type, String stream, Map<String, Integer> attributes) {
        call(
                "POST",
                "/proxies/" + proxy + "/toxics",
                Map.of("name", name, "type", type, "stream", stream, "toxicity", 1.0, "attributes", attributes));
    }

    /** Removes a toxic. */
    public void remove(String proxy, String name) {
        call("DELETE", "/proxies/" + proxy + "/toxics/" + name, Map.of());
    }

    /** Lets a proxy reject connections, or accept them again. */
    public void enable(String proxy, boolean enabled) {
        call("POST", "/proxies/" + proxy, Map.of("enabled", enabled));
    }

    /** Lets a proxy lead to another server, and ends its connections to the former one. */
    public void move(String proxy, String upstream) {
        call("POST", "/proxies/" + proxy, Map.of("upstream", upstream));
    }

    /** Removes all toxics and enables all proxies. */
    public void reset() {
        call("POST", "/reset", Map.of());
    }

    /** Any call; fails if the answer is not one of success. */
    JsonNode call(String verb, String path, Map<String, ?> body) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                    .method(verb, BodyPublishers.ofString(JSON.writeValueAsString(body)))
                    .build();
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(verb + " " + path + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
