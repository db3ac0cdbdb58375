package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.failure.ExplainedFailure.Kind;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.FlagLog;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.throttle.Sample;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A migration whose reads are switched, and an application that is slower the more tenants read a new shape that is slow. */
final class SimulatedCutover implements MigrationLog, FlagLog, WatchLog, CutoverSignals {
    private final Random random;
    private final String file;
    private final double usual;
    private final double slower;

    private Instant now = Instant.parse("2026-12-01T00:00:00Z");
    private MigrationState state = MigrationState.READY;
    private FlagState flag = new FlagState("m", false, BigDecimal.ZERO, Map.of(), 1, now, "ann", null);
    private int step;
    private Instant stepAt = now;
    private @Nullable String stored;
    private int blind;
    private int sinceSpike;
    private int looks;

    /**
     * A cutover.
     *
     * @param slower how many times slower the new shape is read
     */
    SimulatedCutover(String file, double slower, Random random) {
        this.file = file;
        this.slower = slower;
        this.random = random;
        this.usual = 0.005 + random.nextDouble() * 0.1;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    MigrationState state() {
        return state;
    }

    int stepOn() {
        return step;
    }

    FlagState flag() {
        return flag;
    }

    /** Whether the last look could not read the signal. */
    boolean isBlind() {
        return blind > 0;
    }

    /** Looks that could read the signal, since the last change of the flag. */
    int looksSinceSwitch() {
        return looks;
    }

    @Override
    public List<Sample> read(long job, String name, AbortRules rules) {
        // Blind for a while, but not at the end; and disturbed now and then, in no two looks that follow each other.
        if (blind > 0) {
            blind--;
        } else if (random.nextInt(20) == 0 && now.isBefore(Instant.parse("2026-12-01T00:06:00Z"))) {
            blind = 1 + random.nextInt(6);
        }
        if (blind > 0) {
            return List.of(new Sample(Looks.SIGNAL, Measure.DURATION, null, "it took longer than a second"));
        }
        looks++;
        sinceSpike++;
        var share = flag.on() ? flag.percent().doubleValue() / 100 : 0;
        var value = usual * (1 + (slower - 1) * share) * (0.9 + random.nextDouble() * 0.2);
        if (sinceSpike > 3 && random.nextInt(15) == 0) {
            sinceSpike = 0;
            value *= 5;
        }
        return List.of(new Sample(Looks.SIGNAL, Measure.DURATION, value, null));
    }

    @Override
    public List<Live> live() {
        return List.of(new Live(
                live("m").orElseThrow(),
                flag,
                step(1),
                now,
                Optional.ofNullable(stored).map(CutoverWatch.JSON::read)));
    }

    @Override
    public void store(long migration, MigrationState at, CutoverWatch watch) {
        if (at == state) {
            stored = CutoverWatch.JSON.write(watch);
        }
    }

    @Override
    public void forget(long migration) {
        stored = null;
    }

    @Override
    public long rollbacks() {
        throw new AssertionError("no signal of the file counts them");
    }

    @Override
    public OptionalLong drift(long job, String name) {
        return OptionalLong.of(0);
    }

    @Override
    public Optional<Stored> live(String name) {
        return Optional.of(new Stored(1, "m", file, "public.t", state, Optional.of(10L)));
    }

    @Override
    public Optional<FlagState> flag(String name) {
        return Optional.of(flag);
    }

    @Override
    public Optional<StepOn> step(long migration) {
        return step == 0 ? Optional.empty() : Optional.of(new StepOn(step, Duration.between(stepAt, now)));
    }

    @Override
    public FlagState change(long migration, MigrationState from, MigrationState to, Change change, Actor actor) {
        if (from != state) {
            throw new AssertionError("the state is " + state + ", not " + from);
        }
        state = to;
        step = change.step();
        stepAt = now;
        looks = 0;
        var tenants = new HashMap<String, Boolean>();
        change.tenants().forEach((tenant, named) -> tenants.put(tenant, named.value()));
        flag = new FlagState(
                "m", change.on(), change.percent(), tenants, flag.version() + 1, now, actor.words(), change.reason());
        return flag;
    }

    @Override
    public Optional<Map<String, String>> wrongTenants(long job) {
        return Optional.empty();
    }

    @Override
    public List<Reader> readers(String name) {
        return List.of();
    }

    @Override
    public CommandLock begin(long migration) {
        return () -> {};
    }

    @Override
    public void waits(long migration, @Nullable String what) {}

    @Override
    public void refused(long migration, Kind kind, String what, @Nullable String remedy) {}

    @Override
    public Optional<Long> submittedBefore(long migration, String name, String spec) {
        return Optional.empty();
    }

    @Override
    public Stored create(Migration migration, String table, List<Step> steps, Actor actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void replace(long migration, String text, List<Step> steps) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void move(long migration, MigrationState from, MigrationState to, Actor actor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void submitted(long migration, MigrationState from, long job, Actor actor) {
        throw new UnsupportedOperationException();
    }
}
