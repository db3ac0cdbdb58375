package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.outbound.OutboundRequests;
import dev.backfleet.coordinator.outbound.RefusedAddressException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the HTTP signals of a job's spec, in addition to those of another source: status 200 is good, any other status is at
 * the hard threshold, and without an answer within a second the signal cannot be read.
 */
public final class HttpSignals implements SignalSource {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int OK = 200;
    private static final String NO_ANSWER = "it does not answer within a second";

    private final SignalSource others;
    private final OutboundRequests requests;

    public HttpSignals(SignalSource others, AddressRule hosts) {
        this.others = others;
        this.requests = new OutboundRequests(hosts::resolve, TIMEOUT);
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
        return requests.send(URI.create(address), request -> request)
                .handle((status, failure) -> status == null ? unreadable(address, failure) : answer(address, status));
    }

    private static Sample unreadable(String address, @Nullable Throwable failure) {
        var cause = failure instanceof CompletionException ? failure.getCause() : failure;
        var why = cause instanceof RefusedAddressException refused ? refused.why() : NO_ANSWER;
        return new Sample(address, Measure.NUMBER, null, why);
    }

    private static Sample answer(String address, int status) {
        return new Sample(address, Measure.NUMBER, status == OK ? 0.0 : 1.0, "it answers " + status);
    }
}
