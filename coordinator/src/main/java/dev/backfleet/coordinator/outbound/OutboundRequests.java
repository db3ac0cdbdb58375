package dev.backfleet.coordinator.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Sends requests to addresses that people have written, as far as {@link AddressRule} permits. Only the status of an answer is read, and
 * no redirect is followed.
 *
 * <p>A request goes to the address that was checked, whatever the host's name means a moment later: with http it is sent to that
 * address, with the name in the header {@code Host}; with https a server at another address has no certificate for the name.
 */
public final class OutboundRequests {
    private final Function<URI, List<InetAddress>> rule;
    private final Duration timeout;
    private final HttpClient client;

    /**
     * Lets clients of this JVM set the header {@code Host}. Call it before the first client of the JVM is made, whoever makes it (the
     * exporter of traces does): that one reads the setting, once.
     */
    public static void permitHostHeader() {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    /**
     * Creates a client.
     *
     * @param rule resolves an address that a request may go to: {@link AddressRule#resolve}
     * @param timeout from the beginning of a request, its host's resolution included, to its answer
     */
    public OutboundRequests(Function<URI, List<InetAddress>> rule, Duration timeout) {
        permitHostHeader();
        this.rule = rule;
        this.timeout = timeout;
        this.client = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /**
     * Sends a request. Returns its status; or fails with {@link RefusedAddressException}, {@link
     * java.util.concurrent.TimeoutException}, or the cause of the failure, each perhaps in a {@link
     * java.util.concurrent.CompletionException}.
     *
     * @param request adds method, headers and body
     */
    public CompletableFuture<Integer> send(URI address, UnaryOperator<HttpRequest.Builder> request) {
        return CompletableFuture.supplyAsync(() -> rule.apply(address))
                .thenCompose(resolved -> client.sendAsync(
                        request.apply(to(address, resolved.get(0)))
                                .timeout(timeout)
                                .header("User-Agent", "backfleet")
                                .build(),
                        answer -> new Unread()))
                .thenApply(HttpResponse::statusCode)
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static HttpRequest.Builder to(URI address, InetAddress checked) {
        if (!"http".equalsIgnoreCase(address.getScheme())) {
            return HttpRequest.newBuilder(address);
        }
        var literal = checked instanceof Inet6Address ? "[" + checked.getHostAddress() + "]" : checked.getHostAddress();
        var port = address.getPort() < 0 ? "" : ":" + address.getPort();
        var query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
        return HttpRequest.newBuilder(URI.create("http://" + literal + port + address.getRawPath() + query))
                .header("Host", address.getHost() + port);
    }

    /** Discards the body of an answer: it may be of any length, or never end. */
    private static final class Unread implements HttpResponse.BodySubscriber<Optional<String>> {
        @Override
        public CompletionStage<Optional<String>> getBody() {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> item) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
