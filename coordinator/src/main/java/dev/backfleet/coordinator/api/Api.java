package dev.backfleet.coordinator.api;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.coordinator.access.Caller;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for resources. No request waits for the database for long: if it does not answer, the last answer is given with its
 * age, and if there is none, a problem that says so. As many requests read at the same time as the API has connections.
 */
public final class Api implements AutoCloseable {
    /** How many connections the API has. */
    public static final int CONNECTIONS = 3;

    private static final Duration FOR_A_CONNECTION = Duration.ofMillis(250);
    private static final Duration FOR_A_NEWER_ANSWER = Duration.ofMillis(700);
    private static final Duration FOR_THE_FIRST_ANSWER = Duration.ofMillis(2500);

    private final Function<RuntimeException, Optional<ExplainedFailure>> explained;
    private final LastAnswers answers;
    private final Duration patience;
    private final Semaphore connections = new Semaphore(CONNECTIONS);
    private final ExecutorService readers;

    /** @param explained a failure of the database in words; nothing if it is of another kind */
    public Api(Function<RuntimeException, Optional<ExplainedFailure>> explained, Ticker ticker) {
        this(explained, ticker, FOR_THE_FIRST_ANSWER);
    }

    /** @param patience how long a request waits that has no last answer */
    Api(Function<RuntimeException, Optional<ExplainedFailure>> explained, Ticker ticker, Duration patience) {
        this.explained = explained;
        this.patience = patience;
        this.answers = new LastAnswers(ticker);
        var number = new AtomicInteger();
        this.readers = Executors.newFixedThreadPool(CONNECTIONS, work -> {
            var thread = new Thread(work, "http-read-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The answer to a request.
     *
     * @throws ApiFailure if there is none
     */
    public Answer get(Resource resource, ApiRequest request) throws InterruptedException {
        request.require(resource.parameters());
        if (!request.caller().may(resource.needs())) {
            throw new ApiFailure(ApiCode.FORBIDDEN, "this needs the role " + Caller.rolesThat(resource.needs()), null);
        }
        var key = request.caller().roles() + " " + request.path() + " " + new TreeMap<>(request.query());
        if (!connections.tryAcquire(FOR_A_CONNECTION.toMillis(), TimeUnit.MILLISECONDS)) {
            return last(
                    key,
                    new ApiFailure(ApiCode.BUSY, "all connections of the API are in use", "try again in a second"));
        }
        var reading = CompletableFuture.supplyAsync(() -> read(resource, request), readers);
        try {
            var patient = answers.find(key).isPresent() ? FOR_A_NEWER_ANSWER : patience;
            var answer = Answer.of(reading.get(patient.toMillis(), TimeUnit.MILLISECONDS));
            answers.keep(key, answer);
            return answer;
        } catch (TimeoutException e) {
            return last(key, new ApiFailure(ApiCode.TIMED_OUT, "the database has not answered in time", "try again"));
        } catch (ExecutionException e) {
            return failed(key, e.getCause());
        }
    }

    private Resource.Found read(Resource resource, ApiRequest request) {
        try {
            return resource.reading().read(request);
        } finally {
            connections.release();
        }
    }

    private Answer failed(String key, @Nullable Throwable cause) {
        if (cause instanceof ApiFailure known) {
            throw known;
        }
        if (!(cause instanceof RuntimeException failure)) {
            throw new IllegalStateException(cause);
        }
        var known = failure instanceof ExplainedFailure shown ? Optional.of(shown) : explained.apply(failure);
        var problem = ApiFailure.of(known.orElseThrow(() -> failure));
        if (problem.code().passes()) {
            return last(key, problem);
        }
        throw problem;
    }

    private Answer last(String key, ApiFailure otherwise) {
        return answers.find(key).orElseThrow(() -> otherwise);
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
