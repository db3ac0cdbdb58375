package dev.backfleet.common.timeline;

import dev.backfleet.common.telemetry.EventAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The highest known timeline of each system: from this process's own connections, and from the leading coordinator's
 * heartbeat. After a failover the former primary may come back and accept writes; its timeline is lower, so its data
 * must be ignored. Thread-safe.
 */
public final class Timelines {

    private final Map<String, Timeline> highest = new ConcurrentHashMap<>();
    private final Map<String, Timeline> servers = new ConcurrentSkipListMap<>();
    private final List<Runnable> onFailover = new CopyOnWriteArrayList<>();
    private volatile Optional<Timeline> current = Optional.empty();

    public Timelines() {}

    /**
     * Registers an action for a failover, which is when a higher timeline of a known system is found: data that was
     * read from the former primary may be wrong.
     */
    public void onFailover(Runnable work) {
        onFailover.add(work);
    }

    /**
     * Notes that a connection was opened to a server on this timeline.
     *
     * @return whether the connection may be used: no higher timeline of this system is known
     */
    public boolean admits(Timeline seen) {
        if (isFormer(seen)) {
            return false;
        }
        current = Optional.of(seen);
        return true;
    }

    /**
     * Notes the timeline of the leading coordinator's database.
     *
     * @return whether its heartbeat counts: no higher timeline of this system is known
     */
    public boolean admitsLeader(Timeline leaders) {
        return !isFormer(leaders);
    }

    /** Notes the timeline of a server that accepts writes, whether it may be used or not. */
    public void found(String address, Timeline timeline) {
        servers.put(address, timeline);
    }

    /** The servers that accept writes although another server was promoted later, in words for a person. */
    public List<String> formerPrimaries() {
        var former = new ArrayList<String>();
        servers.forEach((address, timeline) -> {
            var latest = highest(timeline.system()).orElse(timeline);
            if (latest.number() > timeline.number()) {
                former.add(words(address, timeline, latest));
            }
        });
        return former;
    }

    /** The message about a former primary. */
    public static String words(String address, Timeline timeline, Timeline latest) {
        return "%s is a former primary: it is on timeline %d, and a server on timeline %d was promoted since; stop it, or let the address point to the new primary"
                .formatted(address, timeline.number(), latest.number());
    }

    /** The highest known timeline of a system; empty if none is known. */
    public Optional<Timeline> highest(String system) {
        return Optional.ofNullable(highest.get(system));
    }

    /** The timeline of the connection that was opened last; empty if unknown. */
    public Optional<Timeline> current() {
        return current;
    }

    private boolean isFormer(Timeline seen) {
        var before = new Timeline[1];
        var known = highest.compute(seen.system(), (system, last) -> {
            before[0] = last;
            return last == null || last.number() < seen.number() ? seen : last;
        });
        if (before[0] != null && before[0].number() < seen.number()) {
            log().atWarn()
                    .addKeyValue("timeline", seen.number())
                    .addKeyValue("before", before[0].number())
                    .addKeyValue("action", EventAction.TIMELINE_CHANGED)
                    .log("failover: the database is on a new timeline");
            onFailover.forEach(Runnable::run);
        }
        return known.number() > seen.number();
    }

    // Not a constant: a command that logs nothing need not make logging ready.
    private static Logger log() {
        return LoggerFactory.getLogger(Timelines.class);
    }
}
