package dev.backfleet.standalone.demo.migration;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.standalone.postgres.application.CodeVersion;
import dev.backfleet.standalone.stack.StackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The application: replicas that run all the time, and are replaced one after the other when a version is deployed. */
final class Application implements AutoCloseable {
    /** How many replicas it has. */
    static final int REPLICAS = 6;

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration LONGEST_DEPLOYMENT = Duration.ofMinutes(1);

    private final Ticker ticker = Ticker.system();
    private final Traffic traffic = new Traffic();
    private final Health health = Health.open();
    private final List<Replica> replicas;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Creates it; it does nothing yet.
     *
     * @param rows how many customers there are
     */
    Application(String url, long rows) {
        this.replicas = IntStream.range(0, REPLICAS)
                .mapToObj(number -> new Replica(url, number, REPLICAS, rows + REPLICAS, traffic, health))
                .toList();
    }

    /** Starts all replicas, in the old version. */
    void start() {
        for (var replica : replicas) {
            var thread = new Thread(replica::run, "application-" + threads.size());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    /**
     * Deploys a version to the replicas with these numbers, and returns when it runs on all of them.
     *
     * @throws StackException if a replica does not run it within a minute
     */
    void deploy(CodeVersion version, int from, int to) throws InterruptedException {
        for (var replica : replicas.subList(from, to)) {
            replica.deploy(version);
            var end = ticker.now().plus(LONGEST_DEPLOYMENT);
            while (!replica.runs(version)) {
                if (ticker.now().compareTo(end) > 0) {
                    throw new StackException("a replica of the application does not run " + version.words() + " after "
                            + LONGEST_DEPLOYMENT.toSeconds() + " s");
                }
                Sleeper.system().sleep(LOOK);
            }
        }
        health.startOver();
    }

    /** What it has done. */
    Traffic traffic() {
        return traffic;
    }

    /** The address at which it says whether it is well. */
    String healthUrl() {
        return health.url();
    }

    /** Ends all replicas; gives what the customers must be called that the application knows. */
    Map<Long, String> stop() throws InterruptedException {
        replicas.forEach(Replica::stop);
        for (var thread : threads) {
            thread.join();
        }
        var names = new HashMap<Long, String>();
        replicas.forEach(replica -> names.putAll(replica.names()));
        return names;
    }

    @Override
    public void close() {
        replicas.forEach(Replica::stop);
        health.close();
    }
}
