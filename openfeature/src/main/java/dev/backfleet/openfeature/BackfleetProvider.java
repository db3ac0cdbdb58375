package dev.backfleet.openfeature;

import dev.backfleet.openfeature.postgres.PostgresFlagReports;
import dev.backfleet.openfeature.postgres.PostgresFlagSource;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Value;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flags of Backfleet's migrations for an application. The targeting key is the tenant, in the text that PostgreSQL gives its
 * column. A boolean says whether the tenant reads the new shape; a string says its stage: off, dualwrite, rampdown or complete.
 *
 * <p>Flags are read with one query four times a second and evaluated in memory. Without an answer the last known flags stay in
 * effect; after 10 s the provider says that it is stale.
 */
public final class BackfleetProvider extends EventProvider {
    private static final Logger LOG = LoggerFactory.getLogger(BackfleetProvider.class);

    private final BackfleetOptions options;
    private final FlagCache cache;
    private final FlagReporter reporter;
    private final Evaluations evaluations;

    // One reads, one reports, and one sees when reading takes too long: none waits for another.
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(3, work -> {
        var thread = new Thread(work, "backfleet-flags");
        thread.setDaemon(true);
        return thread;
    });

    private boolean reportFailed;

    /** Reads the flags of the database to which these connections lead. Each reading takes one for a moment. */
    public BackfleetProvider(DataSource database) {
        this(database, BackfleetOptions.defaults());
    }

    /** The same with options. */
    public BackfleetProvider(DataSource database, BackfleetOptions options) {
        this(
                new PostgresFlagSource(database),
                new PostgresFlagReports(database, options.instance()),
                System::nanoTime,
                options);
    }

    BackfleetProvider(FlagSource source, FlagReports reports, LongSupplier nanos, BackfleetOptions options) {
        this.options = options;
        cache = new FlagCache(source, nanos, options.staleAfter());
        reporter = new FlagReporter(reports, nanos);
        evaluations = new Evaluations(cache);
    }

    @Override
    public Metadata getMetadata() {
        return () -> "backfleet";
    }

    /**
     * Reads once, and begins to read again and again, whether there was an answer or not.
     *
     * @throws FlagSourceException if there was none; the provider becomes ready with the first one
     */
    @Override
    public void initialize(EvaluationContext context) throws FlagSourceException {
        try {
            cache.poll();
        } finally {
            repeat(this::poll);
            repeat(this::report);
            repeat(this::checkAge);
        }
    }

    // With a pause after each run: a call that was slow is not followed by those that were due meanwhile.
    private void repeat(Runnable task) {
        var every = options.poll().toNanos();
        var unused = threads.scheduleWithFixedDelay(task, every, every, TimeUnit.NANOSECONDS);
    }

    // Nothing may end the readings: a scheduled task that throws is not run again.
    private void poll() {
        try {
            for (var change : cache.poll()) {
                if (change.isReady()) {
                    LOG.info("flags of Backfleet are read");
                    var unused = emitProviderReady(details("flags are read", List.of()));
                } else {
                    var unused = emitProviderConfigurationChanged(details("flags have changed", change.flags()));
                }
            }
        } catch (FlagSourceException | RuntimeException e) {
            LOG.debug("flags of Backfleet could not be read: {}", e.getMessage());
        }
    }

    private void report() {
        var flags = cache.flags();
        try {
            if (flags != null) {
                reporter.run(flags);
            }
        } catch (FlagSourceException | RuntimeException e) {
            if (!reportFailed) {
                LOG.info("the versions of flags that are seen here are not reported to Backfleet: {}", e.getMessage());
            }
            reportFailed = true;
        }
    }

    private void checkAge() {
        if (cache.becomesStale()) {
            var text = "no flags were read for " + options.staleAfter().toSeconds()
                    + " s; the last known ones stay in effect";
            LOG.warn("Backfleet: {}", text);
            var unused = emitProviderStale(details(text, List.of()));
        }
    }

    private static ProviderEventDetails details(String message, List<String> flags) {
        return ProviderEventDetails.builder()
                .message(message)
                .flagsChanged(flags)
                .build();
    }

    @Override
    public void shutdown() {
        threads.shutdownNow();
        super.shutdown();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(
            String key, Boolean defaultValue, EvaluationContext context) {
        return evaluations.isOn(key, defaultValue, context);
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String defaultValue, EvaluationContext context) {
        return evaluations.stage(key, defaultValue, context);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(
            String key, Integer defaultValue, EvaluationContext context) {
        return evaluations.mismatch(key, defaultValue);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double defaultValue, EvaluationContext context) {
        return evaluations.mismatch(key, defaultValue);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value defaultValue, EvaluationContext context) {
        return evaluations.mismatch(key, defaultValue);
    }
}
