package dev.backfleet.coordinator.timekeeping;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A made-up job, in steps of ten seconds: its speed varies from step to step and drifts, checkpoints slow it down, and it is held
 * back for minutes at a time.
 */
final class SpeedTrace {
    private static final Instant BEGIN = Instant.parse("2026-11-21T22:00:00Z");
    private static final int STEP = 10;

    private final List<Outlooks.Point> points = new ArrayList<>();
    private final Random random;
    private final Kind kind;
    private final double speed;
    private final double drift;
    private double noise;
    private double walked;
    private double worked;
    private double held;
    private int heldFor;
    private double heldShare;

    /** What is in a job's way. */
    enum Kind {
        STEADY,
        NOISY,
        HELD_BACK,
        PAUSED
    }

    SpeedTrace(long seed) {
        random = new Random(seed);
        kind = Kind.values()[Math.floorMod(seed, Kind.values().length)];
        speed = 1_000 * Math.exp(3 * random.nextDouble());
        drift = kind == Kind.NOISY ? 0.3 * (random.nextDouble() - 0.5) : 0;
        // From ten minutes to five hours.
        var steps = (int) (60 * Math.exp(3.4 * random.nextDouble()));
        add(Spent.on(TimeCause.WORKING), 0);
        for (var step = 0; step < steps; step++) {
            step((double) step / steps);
        }
    }

    private void step(double progress) {
        if (kind == Kind.PAUSED && progress > 0.3 && progress < 0.45) {
            add(Spent.on(TimeCause.PAUSED), STEP);
            return;
        }
        if (heldFor == 0 && kind == Kind.HELD_BACK && random.nextInt(30) == 0) {
            heldFor = 1 + random.nextInt(25);
            heldShare = random.nextBoolean() ? 1 : 0.6;
        }
        var share = heldFor > 0 ? heldShare : 0;
        heldFor = Math.max(0, heldFor - 1);
        noise = 0.8 * noise + (kind == Kind.STEADY ? 0.01 : 0.1) * random.nextGaussian();
        var checkpoint = kind == Kind.NOISY && points.size() % 30 < 4 ? 0.5 : 1;
        walked += speed * Math.exp(noise) * (1 + drift * progress) * checkpoint * (1 - share) * STEP;
        worked += (1 - share) * STEP;
        held += share * STEP;
        add(share > 0.5 ? new Spent(TimeCause.THROTTLED, "wal-rate") : Spent.on(TimeCause.WORKING), STEP);
    }

    private void add(Spent spent, int seconds) {
        var at = points.isEmpty() ? BEGIN : last().at().plusSeconds(seconds);
        points.add(new Outlooks.Point(at, Math.round(walked), worked, held, null, spent));
    }

    private Outlooks.Point last() {
        return points.get(points.size() - 1);
    }

    Kind kind() {
        return kind;
    }

    /** When half of its rows were scanned. */
    private int half() {
        var half = 0;
        while (points.get(half).walked() < last().walked() / 2) {
            half++;
        }
        return half;
    }

    /** What it promised at half-way; null: nothing, or that it was held back entirely. */
    Outlook.@Nullable Remaining promised(boolean withoutHeld) {
        var half = half();
        var now = points.get(half).at();
        var known = points.subList(0, half + 1).stream()
                .filter(point -> point.at().isAfter(now.minus(Outlooks.SPAN)))
                .map(point -> withoutHeld
                        ? new Outlooks.Point(point.at(), point.walked(), point.worked(), 0, null, point.spent())
                        : point)
                .toList();
        return Outlooks.of(known).remaining(last().walked() - points.get(half).walked());
    }

    /** What it then took, without pauses. */
    double actual() {
        var from = points.get(half());
        return last().worked() + last().held() - from.worked() - from.held();
    }
}
