package dev.backfleet.coordinator.cli.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.coordinator.ControlRows;
import dev.backfleet.coordinator.cli.http.HttpListener.Listening;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The API of a coordinator on a database of its own, and a client that holds each answer against the description of the API. */
final class ServedFleet implements AutoCloseable {
    private static final ApiContract CONTRACT = new ApiContract();

    final ControlRows rows;
    final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(30)).build();
    final Listening listening;

    ServedFleet() {
        this(new ControlRows(), Map.of());
    }

    /** @param more settings, in addition to those of the database */
    ServedFleet(ControlRows rows, Map<String, String> more) {
        this.rows = rows;
        this.listening = (Listening) HttpListener.open(settings(rows.url(), more), "c1");
        listening.ready();
    }

    static Settings settings(String url, Map<String, String> more) {
        var environment = new HashMap<>(Map.of(
                "BACKFLEET_DATABASE_URL", url, "BACKFLEET_HTTP_LISTEN", "127.0.0.1:0", "BACKFLEET_ACTOR", "ann"));
        environment.putAll(more);
        return Settings.load(Map.of(), environment, null, Optional.empty());
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + listening.port() + path);
    }

    HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    HttpResponse<String> send(String method, String path, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        var response = client.send(request.build(), BodyHandlers.ofString());
        CONTRACT.assertKept(path, response);
        return response;
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return new ObjectMapper().readTree(response.body());
    }

    @Override
    public void close() {
        listening.close();
        rows.close();
    }
}
