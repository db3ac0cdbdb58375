package dev.backfleet.coordinator.serve;

import dev.backfleet.coordinator.api.Answer;
import dev.backfleet.coordinator.api.Api;
import dev.backfleet.coordinator.api.ApiFailure;
import dev.backfleet.coordinator.api.ApiRequest;
import dev.backfleet.coordinator.api.Resources;
import dev.backfleet.coordinator.console.Asset;
import dev.backfleet.coordinator.console.Console;
import dev.backfleet.coordinator.live.Looks;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.function.Function;

/** The pages of the console over HTTP, with the files that they refer to and the streams that they follow. */
final class ConsoleRoutes {
    private static final String LIVE = "/live";

    private final Console console;
    private final Api api;
    private final Streams streams;
    private final Function<Context, ApiRequest> requests;

    /** @param requests the request of a client that was identified */
    ConsoleRoutes(Console console, Api api, Streams streams, Function<Context, ApiRequest> requests) {
        this.console = console;
        this.api = api;
        this.streams = streams;
        this.requests = requests;
    }

    /** @param base what the paths begin with */
    void add(JavalinConfig config, String base) {
        for (var page : console.pages()) {
            Responses.read(
                    config, base + page.path(), context -> send(context, api.get(page, requests.apply(context))));
        }
        for (var asset : Asset.values()) {
            Responses.read(config, base + asset.path(), context -> Responses.send(context, asset.answer()));
        }
        config.routes.get(base + LIVE, context -> fleet(context, Looks.JOBS_PAGE));
        config.routes.get(base + "/fleet" + LIVE, context -> fleet(context, Looks.FLEET_PAGE));
        config.routes.get(base + "/jobs/{id}" + LIVE, context -> streams.jobPage(context, requests.apply(context)));
    }

    private void fleet(Context context, String event) {
        streams.fleetPage(context, requests.apply(context), event);
    }

    /** Whether a failure of the request is told on a page; programs ask the API. */
    static boolean isPage(Context context) {
        return !context.path().contains(Resources.ROOT);
    }

    void send(Context context, ApiFailure failure) {
        Responses.head(context, failure.code());
        send(context, console.problem(failure.problem(context.path())));
    }

    // What a page shows is true now: the browser asks again for each page, also for the one before.
    private static void send(Context context, Answer page) {
        Responses.send(context, page);
        context.header("Cache-Control", "no-store");
    }
}
