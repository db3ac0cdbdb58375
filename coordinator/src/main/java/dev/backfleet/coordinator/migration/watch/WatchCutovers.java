package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.cutover.RollBack;
import dev.backfleet.coordinator.migration.watch.WatchLog.Live;
import dev.backfleet.coordinator.operation.Actor;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of watching cutovers: it looks at the signals that a file names, from READY on, so that there is a baseline before the first
 * step, and takes all reads back when one speaks against them. The cause is not known then, and the old shape is true for everybody.
 *
 * <p>The watch ends when the last step has been on for the soak time, or the old columns are renamed or dropped: what happens later is not
 * the step's doing. A renaming that a command has watched is looked at until the drop, with the baseline of before it; nothing is taken back.
 */
public final class WatchCutovers {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "the watch over the cutover";

    /** How often it looks. No two looks see the same second of a signal that is measured over a window. */
    public static final Duration EVERY = Duration.ofSeconds(3);

    /** Who takes reads back, or a step, in the audit. */
    public static final Actor ACTOR = Actor.duty("cutover");

    // Of renamed columns: only if no command looks at them, which does so more often.
    private static final Duration ALONE = Duration.ofSeconds(15);

    private static final Logger LOG = LoggerFactory.getLogger(WatchCutovers.class);

    private final WatchLog log;
    private final CutoverSignals signals;
    private final RollBack rollBack;
    private final Function<String, Migration> parser;
    private final EachJob each;

    /**
     * The duty.
     *
     * @param parser reads a stored file
     * @param each runs it for each migration, by its job
     */
    public WatchCutovers(
            WatchLog log, CutoverSignals signals, RollBack rollBack, Function<String, Migration> parser, EachJob each) {
        this.log = log;
        this.signals = signals;
        this.rollBack = rollBack;
        this.parser = parser;
        this.each = each;
    }

    /** Looks once at each cutover that is watched. */
    public void runOnce() {
        for (var live : log.live()) {
            live.migration().job().ifPresent(job -> each.run(job, () -> look(live, job)));
        }
    }

    private void look(Live live, long job) {
        var plan = parser.apply(live.migration().source()).cutover();
        if (live.migration().state() == MigrationState.RENAMED) {
            lookAtRenamed(live, job, plan);
            return;
        }
        if (plan.abort().isEmpty()) {
            // The file named signals before.
            live.watch().ifPresent(stale -> log.forget(live.migration().id()));
            return;
        }
        if (isOver(plan, live.migration().state(), live.flag(), live.now())) {
            return;
        }
        var samples = signals.read(job, live.migration().name(), plan.abort());
        var before = live.watch().orElse(CutoverWatch.NEW);
        var watch = before.next(new CutoverWatch.Look(
                live.now(), Reads.of(live.flag()), plan.soak(), plan.abort().watched(), samples));
        // First, so that a process that ends in between has not forgotten the look.
        log.store(live.migration().id(), live.migration().state(), watch);
        watch.against().ifPresent(signal -> takeBack(live, signal));
    }

    // The coordinator may change no definition: what it finds is told by the status, the metrics and the alert.
    private void lookAtRenamed(Live live, long job, CutoverPlan plan) {
        var rules = plan.abort().ofRenaming();
        var last = live.watch()
                .filter(watch -> Duration.between(watch.at(), live.now()).compareTo(ALONE) >= 0);
        if (last.isPresent()) {
            var samples = signals.read(job, live.migration().name(), rules);
            var look = new CutoverWatch.Look(live.now(), Reads.ALL, plan.soak(), rules.watched(), samples);
            log.store(live.migration().id(), MigrationState.RENAMED, last.get().next(look));
        }
    }

    /** Whether nobody looks any more: the last step has been on for the soak time, or the old columns are on their way out. */
    static boolean isOver(CutoverPlan plan, MigrationState state, FlagState flag, Instant now) {
        return switch (state) {
            case RENAMED, CONTRACTED, ABORTED -> true;
            case CUT -> Duration.between(flag.changedAt(), now).compareTo(plan.soak()) >= 0;
            default -> false;
        };
    }

    private void takeBack(Live live, WatchedSignal signal) {
        var reason = signal.words() + ", in two looks in a row, at "
                + live.flag().words()
                + live.step().map(on -> " (step " + on.step() + ")").orElse("");
        rollBack.run(ACTOR, live.migration().name(), null, reason);
        LOG.atWarn()
                .addKeyValue("migration", live.migration().name())
                .addKeyValue("signal", signal.signal())
                .addKeyValue("value", signal.value())
                .addKeyValue("threshold", signal.hard())
                .addKeyValue("action", EventAction.CUTOVER_TAKEN_BACK)
                .log("all reads are taken back to the old shape: a signal was at its hard threshold twice");
    }
}
