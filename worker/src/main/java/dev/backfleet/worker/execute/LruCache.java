package dev.backfleet.worker.execute;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Values by key, of which the least recently used are evicted: a worker sees any number of jobs. Safe for several threads.
 *
 * @param <K> the key
 * @param <V> the value, which can be made again
 */
public final class LruCache<K, V> {
    private final Map<K, V> values;

    /** With at most {@code most} values. */
    public LruCache(int most) {
        this.values = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /** The value of a key; made if it is absent. */
    public synchronized V get(K key, Function<K, V> make) {
        return values.computeIfAbsent(key, make);
    }

    /** Replaces the value of a key. */
    public synchronized void put(K key, V value) {
        values.put(key, value);
    }
}
