package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * Reads the HTTP signals of a job's spec, in addition to those of another source: status 200 is good, any other status is at
 * the hard threshold, and without an answer within half a second the signal cannot be read.
 */
public final class HttpSignals implements SignalSource {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int OK = 200;
    private static final String NO_ANSWER = "it does not answer within half a second";

    private final SignalSource others;
    private final HttpHosts hosts;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    public HttpSignals(SignalSource others, HttpHosts hosts) {
        this.others = others;
        this.hosts = hosts;
    }

    @Override
    public List<Sample> server(Set<Signal> wanted) {
        return others.server(wanted);
    }

    @Override
    public List<Sample> job(ThrottledJob job, Set<Signal> wanted) {
        // All requests are sent before the first answer is awaited.
        var answers = job.wanted().http().stream().map(this::ask).toList();
        var samples = new ArrayList<>(others.job(job, wanted));
        answers.forEach(answer -> samples.add(answer.join()));
        return samples;
    }

    private CompletableFuture<Sample> ask(String address) {
        var uri = URI.create(address);
        return CompletableFuture.supplyAsync(() -> hosts.refusal(uri))
                .thenCompose(refusal -> refusal.map(why -> CompletableFuture.completedFuture(unreadable(address, why)))
                        .orElseGet(() -> send(address, uri)))
                // This covers the resolution of the name, too.
                .completeOnTimeout(unreadable(address, NO_ANSWER), TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Sample> send(String address, URI uri) {
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("User-Agent", "backfleet")
                .build();
        return client.sendAsync(request, answer -> new Unread())
                .handle((response, failure) ->
                        response == null ? unreadable(address, NO_ANSWER) : answer(address, response.statusCode()));
    }

    private static Sample unreadable(String address, String why) {
        return new Sample(address, Measure.NUMBER, null, why);
    }

    private static Sample answer(String address, int status) {
        return new Sample(address, Measure.NUMBER, status == OK ? 0.0 : 1.0, "it answers " + status);
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
