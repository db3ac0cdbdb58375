package dev.backfleet.coordinator.live;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.coordinator.query.Snapshot;
import dev.backfleet.coordinator.report.Overview;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that is watched in this process: a feed for each job that somebody watches, and one for the fleet. One thread counts the
 * seconds and never waits; two look.
 */
public final class Feeds implements AutoCloseable {
    /** How many may watch at the same time. */
    public static final int MOST = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Feeds.class);
    private static final long FLEET = 0;
    private static final int LOOKERS = 2;

    private final LongFunction<Looks.Look> source;
    private final Ticker ticker;
    private final Map<Long, Feed> feeds = new ConcurrentHashMap<>();
    private final Executor lookers;
    private final Runnable end;
    private volatile boolean closed;

    /**
     * Nothing is watched yet.
     *
     * @param jobs looks at a job; throws what is to be told, as an {@link dev.backfleet.common.failure.ExplainedFailure}
     * @param fleet looks at the fleet, likewise
     * @param pages writes what pages show of a look
     */
    public static Feeds open(LongFunction<Snapshot> jobs, Supplier<Overview> fleet, Pages pages, Ticker ticker) {
        var seconds = Executors.newSingleThreadScheduledExecutor(work -> daemon("http-feeds", work));
        var lookers = Executors.newFixedThreadPool(LOOKERS, work -> daemon("http-look", work));
        LongFunction<Looks.Look> source =
                id -> id == FLEET ? Looks.of(fleet.get(), pages) : Looks.of(jobs.apply(id), pages);
        var feeds = new Feeds(source, ticker, lookers, () -> {
            seconds.shutdownNow();
            lookers.shutdownNow();
        });
        var unused = seconds.scheduleAtFixedRate(feeds::tick, 1, 1, TimeUnit.SECONDS);
        return feeds;
    }

    /**
     * Nothing is watched yet.
     *
     * @param source looks at what has an id
     * @param lookers carries the looks out
     * @param end is called at the end
     */
    Feeds(LongFunction<Looks.Look> source, Ticker ticker, Executor lookers, Runnable end) {
        this.source = source;
        this.ticker = ticker;
        this.lookers = lookers;
        this.end = end;
    }

    /** Lets somebody watch a job; false if too many watch. */
    public boolean watchJob(long job, Viewer viewer) {
        return watch(job, viewer);
    }

    /** Lets somebody watch the fleet; false if too many watch. */
    public boolean watchFleet(Viewer viewer) {
        return watch(FLEET, viewer);
    }

    private synchronized boolean watch(long what, Viewer viewer) {
        if (viewers() >= MOST) {
            return false;
        }
        feeds.compute(what, (id, known) -> {
            var feed = known == null ? new Feed(() -> source.apply(id), ticker) : known;
            feed.join(viewer);
            if (known == null) {
                begin(feed);
            }
            return feed;
        });
        return true;
    }

    /** How many watch. */
    public int viewers() {
        return feeds.values().stream().mapToInt(Feed::viewers).sum();
    }

    /** Is called each second. */
    void tick() {
        try {
            for (var id : feeds.keySet()) {
                feeds.computeIfPresent(id, (same, feed) -> feed.isWatched() ? feed : null);
            }
            feeds.values().forEach(feed -> {
                feed.tick();
                begin(feed);
            });
        } catch (RuntimeException e) {
            // The executor would never call this again.
            LOG.atWarn().setCause(e).log("those who watch could not be served");
        }
    }

    private void begin(Feed feed) {
        if (!closed && feed.beginLook()) {
            lookers.execute(feed::look);
        }
    }

    private static Thread daemon(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        end.run();
        feeds.values().forEach(Feed::end);
    }
}
