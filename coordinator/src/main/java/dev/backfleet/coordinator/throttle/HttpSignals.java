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
 * Asks the addresses of a job's spec whether all is well, beside what another source reads: 200 is yes, any other answer
 * is no, and no answer within half a second cannot be read.
 */
public final class HttpSignals implements SignalSource {
    private static final Duration TIMEOUT = Duration.ofMillis(500);
    private static final int WELL = 200;
    private static final String SILENT = "it does not answer within half a second";

    private final SignalSource others;
    private final HttpHosts hosts;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    /** Adds addresses to what {@code others} reads. */
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
        // All are asked before the first answer is waited for.
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
                // A name that is not resolved in time, too.
                .completeOnTimeout(unreadable(address, SILENT), TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
    }

    private CompletableFuture<Sample> send(String address, URI uri) {
        var request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("User-Agent", "backfleet")
                .build();
        return client.sendAsync(request, answer -> new Unread())
                .handle((response, failure) ->
                        response == null ? unreadable(address, SILENT) : answer(address, response.statusCode()));
    }

    private static Sample unreadable(String address, String why) {
        return new Sample(address, Measure.NUMBER, null, why);
    }

    private static Sample answer(String address, int status) {
        return new Sample(address, Measure.NUMBER, status == WELL ? 0.0 : 1.0, "it answers " + status);
    }

    /** Takes nothing of an answer's body: it may be of any length, or never end. */
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
