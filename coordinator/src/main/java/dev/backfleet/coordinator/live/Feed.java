package dev.backfleet.coordinator.live;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.failure.ExplainedFailure;
import dev.backfleet.common.failure.ExplainedFailure.Kind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all who watch one thing see: it is looked at once for all of them, and each is told what has changed. */
final class Feed {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final Duration OLD = Duration.ofSeconds(3);
    private static final String SILENT = "the database does not answer";
    private static final String BROKEN = "the coordinator cannot tell what it has read: see its log";

    private final Supplier<Looks.Look> source;
    private final Ticker ticker;
    private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean looking = new AtomicBoolean();
    private final Map<String, String> last = new LinkedHashMap<>();
    private Duration answeredAt;
    private boolean stale;
    private volatile boolean rests;
    private String trouble = SILENT;

    /** @param source looks; its order is that of the events */
    Feed(Supplier<Looks.Look> source, Ticker ticker) {
        this.source = source;
        this.ticker = ticker;
        this.answeredAt = ticker.now();
    }

    /** A viewer more; it is told what is known at once. */
    synchronized void join(Viewer viewer) {
        viewers.add(viewer);
        last.forEach(viewer::tell);
    }

    /** Forgets viewers that have ended; whether any is left. */
    boolean isWatched() {
        viewers.removeIf(Viewer::ended);
        return !viewers.isEmpty();
    }

    int viewers() {
        return viewers.size();
    }

    void tick() {
        viewers.forEach(Viewer::tick);
        tellIfStale();
    }

    void end() {
        viewers.forEach(Viewer::end);
    }

    /** Whether nobody looks now; then the caller does. After a costly look, one turn is left out. */
    boolean beginLook() {
        if (rests) {
            rests = false;
            return false;
        }
        return looking.compareAndSet(false, true);
    }

    /** Looks, after {@link #beginLook}. */
    void look() {
        try {
            var look = source.get();
            rests = look.costly();
            news(look.events());
        } catch (ExplainedFailure e) {
            failed(e);
        } catch (RuntimeException e) {
            broken(e);
        } finally {
            looking.set(false);
        }
    }

    private synchronized void news(Map<String, String> events) {
        answeredAt = ticker.now();
        events.forEach((event, data) -> {
            if (!data.equals(last.put(event, data)) || stale) {
                viewers.forEach(viewer -> viewer.tell(event, data));
            }
        });
        stale = false;
        trouble = SILENT;
    }

    // Each second, until it is mended: only the first is a line of the log.
    private synchronized void broken(RuntimeException failure) {
        if (!trouble.equals(BROKEN)) {
            LOG.atWarn().setCause(failure).log("a look for those who watch failed");
        }
        trouble = BROKEN;
    }

    private synchronized void failed(ExplainedFailure failure) {
        if (failure.kind() == Kind.NOT_FOUND) {
            viewers.forEach(viewer -> {
                viewer.tell(Looks.GONE, "{}");
                viewer.end();
            });
        }
        trouble = failure.what();
    }

    private synchronized void tellIfStale() {
        var age = ticker.now().minus(answeredAt);
        if (age.compareTo(OLD) > 0) {
            stale = true;
            var notice = JsonOutput.line(new Looks.Stale(age.toSeconds(), trouble));
            viewers.forEach(viewer -> viewer.tell(Looks.STALE, notice));
        }
    }
}
