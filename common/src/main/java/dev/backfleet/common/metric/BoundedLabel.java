package dev.backfleet.common.metric;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The values of a label that others choose, such as names of jobs: after the first ones, each further one counts as another. */
public final class BoundedLabel {
    /** The value that stands for all that have none of their own. */
    public static final String OTHER = "other";

    /** How many jobs have figures of their own. */
    public static final int JOBS = 200;

    private final int most;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** @param most how many values there may be beside {@link #OTHER} */
    public BoundedLabel(int most) {
        this.most = most;
    }

    /** The value itself, or {@link #OTHER}. */
    public String of(String value) {
        return known.contains(value) || admits(value) ? value : OTHER;
    }

    private synchronized boolean admits(String value) {
        if (known.size() < most) {
            known.add(value);
        }
        return known.contains(value);
    }

    /** Makes room for another value. */
    public synchronized void forget(String value) {
        known.remove(value);
    }
}
