package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The duty of looking at the database's health and deciding how much of its speed each job may use. */
public final class Throttle {
    private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);

    /** Not counted as lost, however long nobody looked. */
    private static final Duration MOST = Duration.ofSeconds(15);

    private static final Thresholds AN_ANSWER = new Thresholds(1, 1);

    private final SignalSource health;
    private final ThrottleRepository ledger;
    private final Map<Signal, Thresholds> settings;
    private final Ticker ticker;
    private final Map<Long, ThrottlePolicy> brakes = new HashMap<>();
    private final Map<Long, FullSpeed> full = new HashMap<>();
    private Map<String, Duration> unreadBefore = Map.of();
    private long epoch = -1;
    private Duration looked;
    private volatile Duration alive;

    /** Creates it. */
    public Throttle(SignalSource health, ThrottleRepository ledger, Map<Signal, Thresholds> settings, Ticker ticker) {
        this.health = health;
        this.ledger = ledger;
        this.settings = Map.copyOf(settings);
        this.ticker = ticker;
        this.looked = ticker.now();
        this.alive = looked;
    }

    /** For how long it has not been able to look at a job, or to store what it decided. */
    public Duration blind() {
        return ticker.now().minus(alive);
    }

    /**
     * Looks once. A job that nobody works on is not looked at: that the database is well meanwhile says nothing of what the
     * job costs, and it goes on as it was held back before.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        if (leader != epoch) {
            // Another has led meanwhile: what it stored counts.
            brakes.clear();
            full.clear();
            epoch = leader;
        }
        var known = ledger.jobs();
        var ids = known.stream().map(ThrottledJob::id).toList();
        brakes.keySet().retainAll(ids);
        full.keySet().retainAll(ids);
        var jobs = known.stream().filter(job -> job.pace().due()).toList();
        var server = jobs.isEmpty() ? List.<Sample>of() : health.server(wanted(jobs));
        var now = ticker.now();
        var since = now.minus(looked);
        var unread = new HashMap<String, Duration>();
        for (var job : jobs) {
            look(job, server, since.compareTo(MOST) > 0 ? MOST : since, unread);
            alive = ticker.now();
        }
        unreadBefore = unread;
        looked = now;
        alive = ticker.now();
    }

    private void look(ThrottledJob job, List<Sample> server, Duration since, Map<String, Duration> unread) {
        var samples = new ArrayList<>(server);
        samples.addAll(health.job(job, wanted(List.of(job))));
        var readings = samples.stream()
                .map(sample -> new Reading(sample, thresholds(job, sample), unread(job, sample, unread)))
                .filter(reading -> reading.thresholds().isOn())
                .toList();
        var before = brakes.computeIfAbsent(
                job.id(), id -> ThrottlePolicy.at(job.pace().factor()));
        var after = before.next(readings);
        var speed = fullSpeed(job);
        // A job that nothing holds back costs no write.
        if (before.factor() < 1 || after.factor() < 1 || job.pace().factor() < 1) {
            ledger.store(job.id(), after, speed, charge(before, after, since));
        }
        brakes.put(job.id(), after);
        tell(job.id(), before, after);
    }

    // Until the full speed is known, what is seen is taken for it.
    private Optional<FullSpeed> fullSpeed(ThrottledJob job) {
        var pace = job.pace();
        var known = Optional.ofNullable(full.get(job.id())).or(pace::full);
        var now = known;
        if (pace.rowsPerSecond() >= 1 && pace.running() > 0 && (pace.factor() == 1 || known.isEmpty())) {
            now = Optional.of(known.orElse(new FullSpeed(0, 0)).seen(pace.rowsPerSecond(), pace.running()));
        }
        now.ifPresent(speed -> full.put(job.id(), speed));
        return now;
    }

    private static Optional<ThrottleRepository.Charge> charge(
            ThrottlePolicy before, ThrottlePolicy after, Duration since) {
        var lost = (1 - before.factor()) * since.toNanos() / 1e9;
        return lost == 0
                ? Optional.empty()
                : before.holding()
                        .or(after::holding)
                        .map(held -> new ThrottleRepository.Charge(held.sample().signal(), lost));
    }

    private Set<Signal> wanted(List<ThrottledJob> jobs) {
        var wanted = EnumSet.noneOf(Signal.class);
        for (var signal : Signal.values()) {
            if (jobs.stream().anyMatch(job -> job.thresholds(signal, settings).isOn())) {
                wanted.add(signal);
            }
        }
        return wanted;
    }

    private Thresholds thresholds(ThrottledJob job, Sample sample) {
        for (var signal : Signal.values()) {
            if (signal.key().equals(sample.signal())) {
                return job.thresholds(signal, settings);
            }
        }
        return job.wanted().sql().stream()
                .filter(own -> own.name().equals(sample.signal()))
                .findFirst()
                .map(ThrottleSpec.Custom::limits)
                .orElse(AN_ANSWER);
    }

    private Duration unread(ThrottledJob job, Sample sample, Map<String, Duration> unread) {
        if (sample.value() != null) {
            return Duration.ZERO;
        }
        var now = ticker.now();
        var key = job.id() + " " + sample.signal();
        var first = unreadBefore.getOrDefault(key, now);
        unread.put(key, first);
        return now.minus(first);
    }

    private static void tell(long job, ThrottlePolicy before, ThrottlePolicy after) {
        var stops = after.factor() == 0;
        if (stops == (before.factor() == 0) && (after.factor() < 1) == (before.factor() < 1)) {
            return;
        }
        var held = after.holding();
        LOG.atLevel(stops ? Level.WARN : Level.INFO)
                .addKeyValue("job", job)
                .addKeyValue("factor", after.factor())
                .addKeyValue("signal", held.map(one -> one.sample().signal()).orElse("none"))
                .addKeyValue(
                        "value",
                        held.map(one -> one.sample().value())
                                .map(String::valueOf)
                                .orElse("none"))
                .log(stops ? "job held" : after.factor() < 1 ? "job held back" : "job no longer held back");
    }
}
