package dev.backfleet.coordinator.throttle;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.Thresholds;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The duty of reading the signals of the database and deciding how much of its speed each job may use. */
public final class Throttle {
    private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);

    /** The longest time between two rounds that counts as delay: without a leader, no signal has throttled the job. */
    private static final Duration MOST = Duration.ofSeconds(15);

    private static final Thresholds AN_ANSWER = new Thresholds(1, 1);

    private final SignalSource health;
    private final ThrottleRepository repository;
    private final Map<Signal, Thresholds> settings;
    private final Ticker ticker;
    private final Map<Long, ThrottlePolicy> policies = new HashMap<>();
    private final Map<Long, FullSpeed> full = new HashMap<>();
    private Map<String, Duration> unreadBefore = Map.of();
    private long epoch = -1;
    private Duration lastRound;
    private volatile Duration alive;
    private final Set<String> unreadable = new HashSet<>();
    private volatile List<Reading> readings = List.of();

    public Throttle(
            SignalSource health, ThrottleRepository repository, Map<Signal, Thresholds> settings, Ticker ticker) {
        this.health = health;
        this.repository = repository;
        this.settings = Map.copyOf(settings);
        this.ticker = ticker;
        this.lastRound = ticker.now();
        this.alive = lastRound;
    }

    /** For how long it has been unable to read the signals of a job, or to store a decision. */
    public Duration blind() {
        return ticker.now().minus(alive);
    }

    /** What the last round has read, for all jobs; empty if no job was to be worked on. */
    public List<Reading> readings() {
        return readings;
    }

    /**
     * Runs one round. A job that no worker may work on now is left out: a healthy database says nothing about the load that
     * this job causes, so its factor stays as it was.
     *
     * @param leader the epoch under which this coordinator leads
     */
    public void runOnce(long leader) {
        if (leader != epoch) {
            // Another coordinator has led in between: the stored factors are newer than those in memory.
            policies.clear();
            full.clear();
            epoch = leader;
        }
        var known = repository.jobs();
        var ids = known.stream().map(ThrottledJob::id).toList();
        policies.keySet().retainAll(ids);
        full.keySet().retainAll(ids);
        var jobs = known.stream().filter(job -> job.pace().due()).toList();
        var server = jobs.isEmpty() ? List.<Sample>of() : health.server(wanted(jobs));
        var now = ticker.now();
        var since = now.minus(lastRound);
        var unread = new HashMap<String, Duration>();
        var all = new ArrayList<Reading>();
        for (var job : jobs) {
            all.addAll(decide(job, server, since.compareTo(MOST) > 0 ? MOST : since, unread));
            alive = ticker.now();
        }
        readings = List.copyOf(all);
        logUnreadable(all);
        unreadBefore = unread;
        lastRound = now;
        alive = ticker.now();
    }

    private List<Reading> decide(ThrottledJob job, List<Sample> server, Duration since, Map<String, Duration> unread) {
        var samples = new ArrayList<>(server);
        samples.addAll(health.job(job, wanted(List.of(job))));
        var now = samples.stream()
                .map(sample -> new Reading(sample, thresholds(job, sample), unread(job, sample, unread)))
                .filter(reading -> reading.thresholds().isOn())
                .toList();
        var before = policies.computeIfAbsent(
                job.id(), id -> ThrottlePolicy.at(job.pace().factor()));
        var after = before.next(now);
        var speed = fullSpeed(job);
        // A job that is not throttled costs no write.
        if (before.factor() < 1 || after.factor() < 1 || job.pace().factor() < 1) {
            repository.store(job.id(), after, speed, cost(before, after, since));
        }
        policies.put(job.id(), after);
        logChange(job.id(), before, after);
        return now;
    }

    // Until the full speed is known, the measured speed is taken for it.
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

    private static Optional<ThrottleRepository.DelayCost> cost(
            ThrottlePolicy before, ThrottlePolicy after, Duration since) {
        var lost = (1 - before.factor()) * since.toNanos() / 1e9;
        return lost == 0
                ? Optional.empty()
                : before.holding()
                        .or(after::holding)
                        .map(held ->
                                new ThrottleRepository.DelayCost(held.sample().signal(), lost));
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

    // Once for a signal, however many jobs it is read for.
    private void logUnreadable(List<Reading> all) {
        var failed = new HashSet<String>();
        for (var reading : all) {
            var sample = reading.sample();
            if (sample.value() == null && failed.add(sample.signal()) && unreadable.add(sample.signal())) {
                LOG.atWarn()
                        .addKeyValue("signal", sample.signal())
                        .addKeyValue("cause", sample.note())
                        .addKeyValue("action", EventAction.SIGNAL_UNREADABLE)
                        .log(
                                "a signal cannot be read: it counts as above its soft threshold, and soon as above the hard one");
            }
        }
        for (var reading : all) {
            var signal = reading.sample().signal();
            if (!failed.contains(signal) && unreadable.remove(signal)) {
                LOG.atInfo()
                        .addKeyValue("signal", signal)
                        .addKeyValue("action", EventAction.SIGNAL_READABLE)
                        .log("a signal can be read again");
            }
        }
    }

    private static void logChange(long job, ThrottlePolicy before, ThrottlePolicy after) {
        var stops = after.factor() == 0;
        if (stops == (before.factor() == 0) && (after.factor() < 1) == (before.factor() < 1)) {
            return;
        }
        var held = after.holding();
        var slowed = after.factor() < 1;
        LOG.atLevel(stops ? Level.WARN : Level.INFO)
                .addKeyValue("job", job)
                .addKeyValue("factor", after.factor())
                .addKeyValue("signal", held.map(one -> one.sample().signal()).orElse("none"))
                .addKeyValue(
                        "value",
                        held.map(one -> one.sample().value())
                                .map(String::valueOf)
                                .orElse("none"))
                .addKeyValue(
                        "action",
                        stops
                                ? EventAction.JOB_SUSPENDED
                                : slowed ? EventAction.JOB_THROTTLED : EventAction.JOB_UNTHROTTLED)
                .log(stops ? "job suspended by the throttle" : slowed ? "job throttled" : "job no longer throttled");
    }
}
