package dev.backfleet.coordinator.serve;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.settings.ListenAddress;
import dev.backfleet.common.settings.typed.HttpSettings;
import dev.backfleet.coordinator.access.Access;
import dev.backfleet.coordinator.access.Access.Credentials;
import dev.backfleet.coordinator.access.Caller;
import dev.backfleet.coordinator.api.Api;
import dev.backfleet.coordinator.api.ApiCode;
import dev.backfleet.coordinator.api.ApiFailure;
import dev.backfleet.coordinator.api.ApiRequest;
import dev.backfleet.coordinator.api.OpenApi;
import dev.backfleet.coordinator.api.Resource;
import dev.backfleet.coordinator.api.Resources;
import dev.backfleet.coordinator.console.Console;
import dev.backfleet.coordinator.live.Feeds;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.util.JavalinBindException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the API and the console over HTTP. It listens from its start on, and reads the database when that is {@link #ready}. */
public final class FleetServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FleetServer.class);
    private static final String CALLER = "caller";

    private final Access access;
    private final Api api;
    private final List<Resource> resources;
    private final Streams streams;
    private final Feeds feeds;
    private final ConsoleRoutes pages;
    private final Javalin http;
    private final ListenAddress address;
    private volatile boolean ready;

    private FleetServer(HttpSettings settings, Access access, Served served) {
        this.access = access;
        this.api = served.api();
        this.resources = served.resources().all();
        this.feeds = served.feeds();
        this.streams = new Streams(served.feeds(), served.resources().jobId(), api, Ticker.system());
        this.pages = new ConsoleRoutes(served.console(), served.api(), streams, this::request);
        this.http = listen(settings);
        this.address = settings.address().withPort(http.port());
    }

    /**
     * What is served.
     *
     * @param api answers requests for resources
     * @param feeds what is watched
     * @param console the pages
     */
    public record Served(Api api, Resources resources, Feeds feeds, Console console) {}

    /**
     * Begins to listen.
     *
     * @throws ExplainedFailure UNUSABLE if the address was set and cannot be used
     */
    public static FleetServer start(HttpSettings settings, Access access, Served served) {
        var server = new FleetServer(settings, access, served);
        LOG.atInfo()
                .addKeyValue("address", server.address)
                .log(
                        server.address.port() == settings.address().port() || settings.chosen()
                                ? "the API is served"
                                : "the API is served, on a free port since the default one is taken");
        return server;
    }

    private Javalin listen(HttpSettings settings) {
        try {
            return listen(settings, settings.address());
        } catch (JavalinBindException taken) {
            if (settings.chosen()) {
                throw new CannotListen(settings.address(), taken);
            }
        }
        var free = settings.address().withPort(0);
        try {
            return listen(settings, free);
        } catch (JavalinBindException e) {
            throw new CannotListen(free, e);
        }
    }

    private Javalin listen(HttpSettings settings, ListenAddress where) {
        return Javalin.create(config -> {
                    HttpLimits.set(config, where);
                    route(config, settings.basePath() + Resources.ROOT);
                    pages.add(config, settings.basePath());
                })
                .start();
    }

    private void route(JavalinConfig config, String root) {
        config.routes.before(context -> {
            Responses.common(context);
            context.attribute(
                    CALLER, access.identify(new Credentials(context.header("Host"), context.header("Authorization"))));
        });
        resources.forEach(
                resource -> Responses.read(config, root + resource.path(), context -> answer(context, resource)));
        Responses.read(config, root + OpenApi.PATH, context -> Responses.send(context, OpenApi.answer()));
        config.routes.get(root + Resources.JOB_STREAM, context -> streams.job(context, request(context)));
        config.routes.get(root + Resources.FLEET_STREAM, context -> streams.fleet(context, request(context)));
        config.routes.exception(HttpResponseException.class, (failure, context) -> send(context, of(failure)));
        config.routes.exception(Exception.class, this::failed);
    }

    private void answer(Context context, Resource resource) throws InterruptedException {
        Responses.send(context, api.get(resource, request(context)));
    }

    private ApiRequest request(Context context) {
        if (!ready) {
            throw new ApiFailure(ApiCode.STARTING, "the coordinator is starting", "try again in a moment");
        }
        Caller caller = context.attribute(CALLER);
        if (caller == null) {
            throw new IllegalStateException("each request is identified first");
        }
        return new ApiRequest(context.path(), context.pathParamMap(), context.queryParamMap(), caller);
    }

    private static ApiFailure of(HttpResponseException failure) {
        if (failure instanceof MethodNotAllowedResponse) {
            return new ApiFailure(
                    ApiCode.METHOD_NOT_ALLOWED, "this can only be read", "use one of the methods " + Responses.METHODS);
        }
        return failure.getStatus() == ApiCode.NOT_FOUND.status()
                ? new ApiFailure(ApiCode.NOT_FOUND, "there is no such resource", "see " + Resources.ROOT + OpenApi.PATH)
                : new ApiFailure(ApiCode.USAGE, "the request cannot be read", null);
    }

    private void failed(Exception failure, Context context) {
        if (failure instanceof ApiFailure known) {
            send(context, known);
        } else if (failure instanceof ExplainedFailure known) {
            send(context, ApiFailure.of(known));
        } else {
            LOG.atWarn().setCause(failure).addKeyValue("path", context.path()).log("a request to the API failed");
            send(
                    context,
                    new ApiFailure(
                            ApiCode.INTERNAL_ERROR, "internal error", "see the log of the coordinator, and report it"));
        }
    }

    private void send(Context context, ApiFailure failure) {
        if (ConsoleRoutes.isPage(context)) {
            pages.send(context, failure);
        } else {
            Responses.send(context, failure);
        }
    }

    /** From now on the database is read. */
    public void ready() {
        ready = true;
    }

    /** Where it listens, with the port that it has. */
    public ListenAddress address() {
        return address;
    }

    @Override
    public void close() {
        feeds.close();
        http.stop();
        api.close();
    }
}
