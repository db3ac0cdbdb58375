package dev.backfleet.coordinator.serve;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.api.Api;
import dev.backfleet.coordinator.api.ApiCode;
import dev.backfleet.coordinator.api.ApiFailure;
import dev.backfleet.coordinator.api.ApiRequest;
import dev.backfleet.coordinator.api.Resource;
import dev.backfleet.coordinator.live.ChosenEvents;
import dev.backfleet.coordinator.live.EventStream;
import dev.backfleet.coordinator.live.Feeds;
import dev.backfleet.coordinator.live.Looks;
import dev.backfleet.coordinator.live.Viewer;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** Opens the streams of events. */
final class Streams {
    private static final String PAGE = "page";
    private static final Map<String, String> RECORDS = Stream.of(Looks.JOB, Looks.FLEET, Looks.STALE, Looks.GONE)
            .collect(Collectors.toUnmodifiableMap(event -> event, event -> event));

    private final Feeds feeds;
    private final Resource lookup;
    private final Api api;
    private final Ticker ticker;

    Streams(Feeds feeds, Resource lookup, Api api, Ticker ticker) {
        this.feeds = feeds;
        this.lookup = lookup;
        this.api = api;
        this.ticker = ticker;
    }

    void job(Context context, ApiRequest request) throws InterruptedException {
        var id = Long.parseLong(api.get(lookup, request).body());
        open(context, RECORDS, viewer -> feeds.watchJob(id, viewer));
    }

    void fleet(Context context, ApiRequest request) {
        request.require(Set.of());
        open(context, RECORDS, feeds::watchFleet);
    }

    /** What a job's page shows, as it changes. */
    void jobPage(Context context, ApiRequest request) throws InterruptedException {
        var id = Long.parseLong(api.get(lookup, request).body());
        open(context, page(Looks.JOB_PAGE), viewer -> feeds.watchJob(id, viewer));
    }

    /** What a page of the fleet shows, as it changes. */
    void fleetPage(Context context, ApiRequest request, String event) {
        request.require(Set.of());
        open(context, page(event), feeds::watchFleet);
    }

    private static Map<String, String> page(String event) {
        return Map.of(event, PAGE, Looks.STALE, Looks.STALE, Looks.GONE, Looks.GONE);
    }

    private void open(Context context, Map<String, String> events, Predicate<Viewer> watch) {
        if (feeds.viewers() >= Feeds.MOST) {
            throw tooMany();
        }
        context.contentType("text/event-stream; charset=utf-8");
        context.header("Cache-Control", "no-cache, no-transform");
        context.header("X-Accel-Buffering", "no");
        var connection = ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection();
        context.future(() -> {
            try {
                var stream = new EventStream(
                        context.res().getOutputStream(),
                        () -> connection.getEndPoint().close(),
                        ticker);
                if (!watch.test(new ChosenEvents(stream, events))) {
                    throw tooMany();
                }
                return stream.begin();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static ApiFailure tooMany() {
        return new ApiFailure(
                ApiCode.TOO_MANY_STREAMS,
                Feeds.MOST + " streams are open, and no more may be",
                "close some, or ask without a stream");
    }
}
