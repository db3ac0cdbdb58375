package dev.backfleet.standalone.demo.migration;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.standalone.postgres.application.CodeVersion;
import dev.backfleet.standalone.postgres.application.CustomerSession;
import dev.backfleet.standalone.postgres.application.PersonName;
import dev.backfleet.standalone.postgres.application.StatementFailed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One process of the application, as a thread: it reads and writes the customers whose ids are its own, one after the other, and knows what
 * each of them must be called. A deployment replaces its version; the customers stay its own.
 */
final class Replica {
    private static final int CUSTOMERS = 1500;
    private static final long PAUSE_NANOS = 6_000_000;
    private static final int HUNDRED = 100;
    private static final int READS = 60;
    private static final int RENAMES = 94;
    private static final int INSERTS = 97;

    private final String url;
    private final int number;
    private final int replicas;
    private final long firstNewId;
    private final Traffic traffic;
    private final Health health;
    private final Ticker ticker = Ticker.system();
    private final Random random;
    private final Map<Long, String> names = new HashMap<>();
    private final List<Long> known = new ArrayList<>();
    private final List<Long> added = new ArrayList<>();
    private long inserts;
    private volatile CodeVersion version = CodeVersion.OLD;
    private volatile CodeVersion running = CodeVersion.OLD;
    private volatile boolean stopped;

    /**
     * Creates it.
     *
     * @param number its number, from 0
     * @param replicas how many there are
     * @param firstNewId ids from here on are free
     */
    Replica(String url, int number, int replicas, long firstNewId, Traffic traffic, Health health) {
        this.url = url;
        this.number = number;
        this.replicas = replicas;
        this.firstNewId = firstNewId;
        this.traffic = traffic;
        this.health = health;
        this.random = new Random(number);
    }

    /** Deploys another version: the running one finishes its statement, and disconnects. */
    void deploy(CodeVersion next) {
        version = next;
    }

    void stop() {
        stopped = true;
    }

    /** What the customers must be called that it knows: those it has read at the beginning, and those it has written. */
    Map<Long, String> names() {
        return names;
    }

    /** Runs until it is stopped. */
    void run() {
        while (!stopped) {
            var now = version;
            try (var session = CustomerSession.open(url, now)) {
                learn(session);
                running = now;
                while (!stopped && now == version) {
                    act(session, now);
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            } catch (StatementFailed e) {
                traffic.failed(now.words() + ": " + e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void learn(CustomerSession session) throws StatementFailed {
        if (known.isEmpty()) {
            names.putAll(session.names(replicas, number, CUSTOMERS));
            known.addAll(names.keySet());
        }
    }

    private void act(CustomerSession session, CodeVersion now) throws StatementFailed {
        var dice = random.nextInt(HUNDRED);
        if (dice < READS) {
            read(session, now);
            return;
        }
        var start = ticker.now();
        if (dice < RENAMES) {
            rename(session);
        } else if (dice < INSERTS || added.isEmpty()) {
            insert(session);
        } else {
            var id = added.remove(random.nextInt(added.size()));
            known.remove(id);
            names.remove(id);
            session.delete(id);
        }
        traffic.wrote(ticker.now().minus(start));
    }

    private void read(CustomerSession session, CodeVersion now) throws StatementFailed {
        var id = known.get(random.nextInt(known.size()));
        var start = ticker.now();
        var found = session.read(id);
        var took = ticker.now().minus(start);
        var name = found.map(CustomerSession.Read::name).orElse("(none)");
        var fromNewShape = found.map(CustomerSession.Read::fromNewShape).orElse(false);
        if (!name.equals(names.get(id))) {
            traffic.wrong(now.words() + " read '" + name + "' instead of '" + names.get(id) + "' of customer " + id);
        }
        if (fromNewShape) {
            health.newRead(took);
        }
        if (fromNewShape && now == CodeVersion.DUAL_SLOW) {
            traffic.slowRead();
        } else {
            traffic.read(took);
        }
    }

    private void rename(CustomerSession session) throws StatementFailed {
        var id = known.get(random.nextInt(known.size()));
        var name = name();
        names.put(id, name.full());
        session.rename(id, name);
    }

    private void insert(CustomerSession session) throws StatementFailed {
        var id = firstNewId + number + inserts++ * replicas;
        var name = name();
        session.insert(id, name);
        names.put(id, name.full());
        known.add(id);
        added.add(id);
    }

    private PersonName name() {
        return new PersonName("Replica" + number, "Name " + random.nextInt(1_000_000));
    }

    /** Whether this version runs. */
    boolean runs(CodeVersion wanted) {
        return running == wanted;
    }
}
