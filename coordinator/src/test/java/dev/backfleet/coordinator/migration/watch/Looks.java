package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.throttle.Measure;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.throttle.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at one signal, one after the other. */
final class Looks {
    static final String SIGNAL = "application-latency";
    /** Each look is a part of it. */
    static final Duration SOAK = Duration.ofMinutes(3);

    static final Reads ALL = new Reads(true, 100, List.of());

    private final List<Watched> watched;
    private final Measure measure;
    private Reads reads = Reads.NOBODY;
    private CutoverWatch watch = CutoverWatch.NEW;
    private Instant now = Instant.parse("2026-12-01T00:00:00Z");

    Looks(String limits, Measure measure) {
        this.measure = measure;
        this.watched = List.of(new Watched(SIGNAL, measure, AbortLimits.parse(limits, measure)));
    }

    /** Seconds. */
    static Looks ofLatency(String limits) {
        return new Looks(limits, Measure.DURATION);
    }

    /** Switches the reads of this share. */
    Looks switched(double percent) {
        reads = new Reads(percent > 0, percent, List.of());
        return this;
    }

    Looks switchedTo(String... tenants) {
        reads = new Reads(true, reads.percent(), List.of(tenants));
        return this;
    }

    Looks later(Duration time) {
        now = now.plus(time);
        return this;
    }

    /** A look that finds each of these values, one after the other. */
    Looks see(double... values) {
        for (var value : values) {
            look(List.of(new Sample(SIGNAL, measure, value, null)));
        }
        return this;
    }

    Looks blind() {
        return look(List.of(new Sample(SIGNAL, measure, null, "it took longer than a second")));
    }

    Looks absent() {
        return look(List.of());
    }

    private Looks look(List<Sample> samples) {
        now = now.plus(WatchCutovers.EVERY);
        watch = watch.next(new CutoverWatch.Look(now, reads, SOAK, watched, samples));
        return this;
    }

    /** Another coordinator goes on with what is stored. */
    Looks takenOver() {
        watch = CutoverWatch.JSON.read(CutoverWatch.JSON.write(watch));
        return this;
    }

    boolean takesBack() {
        return watch.against().isPresent();
    }

    boolean permitsStep() {
        return watch.permitsStep();
    }

    WatchedSignal signal() {
        return watch.signals().get(0);
    }

    SignalLevel level() {
        return signal().level();
    }

    @Nullable
    Double baseline() {
        return signal().baseline();
    }
}
