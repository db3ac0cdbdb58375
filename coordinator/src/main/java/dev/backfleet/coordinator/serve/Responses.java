package dev.backfleet.coordinator.serve;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.coordinator.api.Answer;
import dev.backfleet.coordinator.api.ApiCode;
import dev.backfleet.coordinator.api.ApiFailure;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How answers and problems are sent. */
final class Responses {
    static final String METHODS = "GET, HEAD";

    /** A page takes nothing from elsewhere, runs no code of its own text, and is shown in no other page. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final String UTF_8 = "; charset=utf-8";
    private static final int NOT_MODIFIED = 304;

    private Responses() {}

    /** What every response has. */
    static void common(Context context) {
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Cache-Control", "private, no-cache");
        context.header("Referrer-Policy", "same-origin");
        context.header("Content-Security-Policy", POLICY);
    }

    static void read(JavalinConfig config, String path, Handler handler) {
        config.routes.get(path, handler);
        config.routes.head(path, handler);
    }

    static void send(Context context, Answer answer) {
        context.header("ETag", answer.etag());
        if (answer.age() != null) {
            context.header("Age", Long.toString(answer.age().toSeconds()));
        }
        if (answer.next() != null) {
            context.header("Link", "<" + page(context, answer.next()) + ">; rel=\"next\"");
        }
        if (isKnown(context.header("If-None-Match"), answer.etag())) {
            context.status(NOT_MODIFIED);
            return;
        }
        context.contentType(answer.type() + UTF_8).result(answer.body());
    }

    static void send(Context context, ApiFailure failure) {
        head(context, failure.code());
        context.contentType("application/problem+json" + UTF_8);
        context.result(JsonOutput.render(failure.problem(context.path())));
    }

    /** What tells programs the kind of a failure. */
    static void head(Context context, ApiCode code) {
        context.status(code.status());
        if (code.passes()) {
            context.header("Retry-After", "1");
        }
        if (code == ApiCode.METHOD_NOT_ALLOWED) {
            context.header("Allow", METHODS);
        }
    }

    private static boolean isKnown(@Nullable String tags, String tag) {
        return tags != null
                && Stream.of(tags.split(",")).map(String::strip).anyMatch(one -> one.equals("*") || one.equals(tag));
    }

    private static String page(Context context, String next) {
        return context.path() + "?"
                + Stream.concat(
                                context.queryParamMap().entrySet().stream()
                                        .filter(one -> !one.getKey().equals("after"))
                                        .map(one -> pair(one.getKey(), first(one.getValue()))),
                                Stream.of(pair("after", next)))
                        .collect(Collectors.joining("&"));
    }

    private static String first(List<String> values) {
        return values.get(0);
    }

    private static String pair(String name, String value) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8) + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
