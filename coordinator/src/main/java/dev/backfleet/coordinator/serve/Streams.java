package dev.backfleet.coordinator.serve;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.api.Api;
import dev.backfleet.coordinator.api.ApiCode;
import dev.backfleet.coordinator.api.ApiFailure;
import dev.backfleet.coordinator.api.ApiRequest;
import dev.backfleet.coordinator.api.Resource;
import dev.backfleet.coordinator.live.EventStream;
import dev.backfleet.coordinator.live.Feeds;
import dev.backfleet.coordinator.live.Viewer;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** Opens the streams of events. */
final class Streams {
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
        open(context, viewer -> feeds.watchJob(id, viewer));
    }

    void fleet(Context context, ApiRequest request) {
        request.require(Set.of());
        open(context, feeds::watchFleet);
    }

    private void open(Context context, Predicate<Viewer> watch) {
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
                if (!watch.test(stream)) {
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
