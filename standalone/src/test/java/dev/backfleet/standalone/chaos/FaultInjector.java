package dev.backfleet.standalone.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** The faults of a schedule, each at its time, several at once but never two to the same target; counted. */
final class FaultInjector implements AutoCloseable {
    // Enough for faults that wait for their target as well: a long fault must not delay those of other targets.
    private static final int AT_ONCE = 48;

    private final Faults faults;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(AT_ONCE);
    private final Map<String, ReentrantLock> targets = new ConcurrentHashMap<>();
    private final Map<Fault, AtomicInteger> done = new ConcurrentHashMap<>();
    private final List<Future<?>> under = new ArrayList<>();

    FaultInjector(Faults faults) {
        this.faults = faults;
    }

    /** Begins; returns at once. */
    void begin(Schedule schedule) {
        for (var entry : schedule.entries()) {
            under.add(threads.schedule(() -> strike(entry), entry.at().toMillis(), TimeUnit.MILLISECONDS));
        }
    }

    private boolean strike(Schedule.Entry entry) throws Exception {
        var target = faults.target(entry);
        var lock = targets.computeIfAbsent(target, name -> new ReentrantLock(true));
        lock.lock();
        try {
            if (faults.inject(entry, target)) {
                done.computeIfAbsent(entry.fault(), fault -> new AtomicInteger())
                        .incrementAndGet();
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    boolean isOver() {
        return under.stream().allMatch(Future::isDone);
    }

    /** Fails if a fault could not be injected for an unexpected reason. */
    void requireInjected() throws InterruptedException, ExecutionException {
        for (var fault : under) {
            fault.get();
        }
    }

    /** How often each kind of fault was injected. */
    Map<Fault, Integer> counts() {
        var counts = new EnumMap<Fault, Integer>(Fault.class);
        done.forEach((fault, count) -> counts.put(fault, count.get()));
        return counts;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
