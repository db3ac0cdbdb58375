package dev.backfleet.common.clock;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Waits at the start of a process for what another process sets up, and reports that every 10 s. */
public final class StartWait {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SAY = Duration.ofSeconds(10);

    private final Duration limit;
    private final Consumer<String> tell;
    private final Ticker ticker;
    private final Sleeper sleeper;

    /**
     * A wait that ends after {@code limit} with an exception.
     *
     * @param tell is called with each line to show
     */
    public StartWait(Duration limit, Consumer<String> tell, Ticker ticker, Sleeper sleeper) {
        this.limit = limit;
        this.tell = tell;
        this.ticker = ticker;
        this.sleeper = sleeper;
    }

    /**
     * Returns when nothing is missing.
     *
     * @param missing what is missing, in words; empty if everything is there
     * @param givenUp makes the exception for the end of the wait from what is missing and for how long
     */
    public <X extends RuntimeException> void await(Supplier<Optional<String>> missing, Function<String, X> givenUp)
            throws InterruptedException {
        var start = ticker.now();
        var next = start.plus(SAY);
        while (true) {
            var what = missing.get();
            if (what.isEmpty()) {
                return;
            }
            var now = ticker.now();
            if (now.minus(start).compareTo(limit) >= 0) {
                throw givenUp.apply(
                        what.get() + (limit.isZero() ? "" : ", after " + limit.toSeconds() + " s of waiting"));
            }
            if (now.compareTo(next) >= 0) {
                tell.accept("waiting since " + now.minus(start).toSeconds() + " s, for at most " + limit.toSeconds()
                        + " s: " + what.get());
                next = next.plus(SAY);
            }
            sleeper.sleep(LOOK);
        }
    }
}
