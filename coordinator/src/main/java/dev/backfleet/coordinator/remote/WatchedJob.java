package dev.backfleet.coordinator.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.coordinator.live.Looks;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.query.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A job as the stream of a coordinator's API tells it. It reads the stream on a thread of its own, and opens it again when it ends; what it
 * was told last stays.
 */
public final class WatchedJob implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final URI server;
    private final URI address;
    private final Sleeper sleeper;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private @Nullable Thread reader;
    private String job = "";
    private String fleet = "";
    private @Nullable RuntimeException trouble;
    private volatile boolean closed;

    private WatchedJob(URI server, String idOrName, Sleeper sleeper) {
        this.server = server;
        this.address = URI.create(server.toString().replaceFirst("/$", "") + "/api/v1/jobs/"
                + URLEncoder.encode(idOrName, StandardCharsets.UTF_8).replace("+", "%20") + "/stream");
        this.sleeper = sleeper;
    }

    /** Begins to follow a job; {@link #snapshot} waits for what it is told first. */
    public static WatchedJob open(URI server, String idOrName, Sleeper sleeper) {
        var watched = new WatchedJob(server, idOrName, sleeper);
        var thread = new Thread(watched::follow, "watch-stream");
        thread.setDaemon(true);
        watched.reader = thread;
        thread.start();
        return watched;
    }

    /**
     * The job as it was told last; waits until it was told once.
     *
     * @throws ExplainedFailure UNUSABLE if the server, or its database, does not answer now; as the server says if it refuses
     */
    public synchronized Snapshot snapshot() {
        try {
            while (trouble == null && (job.isEmpty() || fleet.isEmpty())) {
                wait();
            }
            if (trouble != null) {
                throw trouble;
            }
            return RemoteJson.snapshot(job, fleet);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unusable("interrupted", null);
        } catch (JsonProcessingException e) {
            throw unusable("its answer cannot be read", e);
        }
    }

    private void follow() {
        try {
            while (!closed) {
                try {
                    read();
                } catch (IOException | UncheckedIOException e) {
                    failed(unusable("it does not answer", e));
                } catch (ExplainedFailure e) {
                    failed(e);
                }
                sleeper.sleep(AGAIN);
            }
        } catch (InterruptedException e) {
            // The watch has ended.
        }
    }

    private void read() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(address)
                .header("Accept", "text/event-stream")
                .build();
        var response = client.send(request, BodyHandlers.ofLines());
        try (var lines = response.body()) {
            if (response.statusCode() != OK) {
                throw refused(response, lines);
            }
            ServerSentEvents.read(lines.iterator(), this::told);
        }
        throw unusable("the stream has ended", null);
    }

    private synchronized void told(String event, String data) {
        switch (event) {
            case Looks.JOB -> job = data;
            case Looks.FLEET -> fleet = data;
            case Looks.STALE -> {
                failed(unusable(reason(data), null));
                return;
            }
            case Looks.GONE -> {
                failed(new OperationRefused(OperationRefused.Code.NOT_FOUND, "the job no longer exists", null));
                return;
            }
            default -> {
                return;
            }
        }
        trouble = null;
        notifyAll();
    }

    private synchronized void failed(RuntimeException failure) {
        trouble = failure;
        notifyAll();
    }

    private static String reason(String stale) {
        try {
            return RemoteJson.tree(stale).path("reason").asText();
        } catch (JsonProcessingException e) {
            return "the database does not answer";
        }
    }

    private RuntimeException refused(HttpResponse<Stream<String>> response, Stream<String> lines) throws IOException {
        var problem = RemoteJson.tree(lines.collect(Collectors.joining("\n")));
        var detail = problem.path("detail").asText("status " + response.statusCode());
        var remedy = Optional.ofNullable(problem.path("remedy").textValue()).orElse(null);
        return switch (problem.path("code").asText()) {
            case "NOT_FOUND" -> new OperationRefused(OperationRefused.Code.NOT_FOUND, detail, remedy);
            case "USAGE" -> new OperationRefused(OperationRefused.Code.INVALID, detail, remedy);
            default -> unusable(response.statusCode() == UNAVAILABLE ? detail : "it refuses: " + detail, null);
        };
    }

    private ExplainedFailure unusable(String why, @Nullable Exception cause) {
        return new ExplainedFailure(
                Kind.UNUSABLE,
                "server " + server + ": " + why,
                "check the address, and that a coordinator runs",
                cause);
    }

    @Override
    public void close() {
        closed = true;
        var thread = reader;
        if (thread != null) {
            thread.interrupt();
        }
    }
}
