package dev.backfleet.coordinator.migration.watch;

import dev.backfleet.common.telemetry.EventAction;
import dev.backfleet.coordinator.duty.EachJob;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.cutover.CutOver;
import dev.backfleet.coordinator.migration.cutover.CutOver.CutoverRequest;
import dev.backfleet.coordinator.migration.watch.WatchLog.Live;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The duty of taking the next step of a cutover that promotes itself: when the soak time is over, no signal speaks against it, and the gate
 * holds for those whom the step names. The first step is a person's, and so is the next one after reads were taken back.
 */
public final class TakeSteps {
    /** Names this duty in the status of a job for which it fails. */
    public static final String WHAT = "the next step of the cutover";

    /** How often it looks. */
    public static final Duration EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(TakeSteps.class);
    // A look at the signals that is older says nothing of now.
    private static final Duration RECENT = Duration.ofSeconds(15);
    private static final Duration AGAIN = Duration.ofSeconds(30);
    private static final CutoverRequest NEXT = new CutoverRequest(null, OptionalInt.empty(), true);

    private final WatchLog watches;
    private final MigrationLog log;
    private final CutOver cutOver;
    private final Function<String, Migration> parser;
    private final EachJob each;
    private final Map<Long, Instant> refused = new HashMap<>();

    /**
     * The duty.
     *
     * @param parser reads a stored file
     * @param each runs it for each migration, by its job
     */
    public TakeSteps(
            WatchLog watches, MigrationLog log, CutOver cutOver, Function<String, Migration> parser, EachJob each) {
        this.watches = watches;
        this.log = log;
        this.cutOver = cutOver;
        this.parser = parser;
        this.each = each;
    }

    /** Takes the step of each cutover that is due. */
    public void runOnce() {
        var live = watches.live();
        refused.keySet()
                .retainAll(live.stream().map(one -> one.migration().id()).toList());
        for (var one : live) {
            one.migration().job().ifPresent(job -> each.run(job, () -> step(one)));
        }
    }

    private void step(Live live) {
        var plan = parser.apply(live.migration().source()).cutover();
        var id = live.migration().id();
        if (plan.promotion() != CutoverPlan.Promotion.AUTO
                || live.migration().state() != MigrationState.CUTTING
                || !isDue(live, plan)) {
            return;
        }
        var against = speaksAgainst(live, plan);
        if (against.isPresent()) {
            log.waits(id, against.get());
            return;
        }
        var before = refused.get(id);
        if (before == null || Duration.between(before, live.now()).compareTo(AGAIN) >= 0) {
            take(live);
        }
    }

    private static boolean isDue(Live live, CutoverPlan plan) {
        return live.step()
                .filter(on -> on.step() > 0
                        && on.step() < plan.steps().size()
                        && on.since().compareTo(plan.soak()) >= 0)
                .isPresent();
    }

    private static Optional<String> speaksAgainst(Live live, CutoverPlan plan) {
        if (plan.abort().isEmpty()) {
            return Optional.empty();
        }
        var watch = live.watch();
        if (watch.isEmpty() || Duration.between(watch.get().at(), live.now()).compareTo(RECENT) > 0) {
            return Optional.of("the first look at its signals");
        }
        if (watch.get().permitsStep()
                && !Reads.of(live.flag()).widens(watch.get().reads())) {
            return Optional.empty();
        }
        return Optional.of(
                watch.get().holding().isEmpty()
                        ? "its signals to be calm in two looks in a row"
                        : "its signals to be calm: "
                                + watch.get().holding().stream()
                                        .map(WatchedSignal::words)
                                        .collect(Collectors.joining("; ")));
    }

    private void take(Live live) {
        var id = live.migration().id();
        try {
            var switched = cutOver.run(WatchCutovers.ACTOR, live.migration().name(), NEXT);
            refused.remove(id);
            LOG.atInfo()
                    .addKeyValue("migration", switched.name())
                    .addKeyValue("step", switched.step())
                    .addKeyValue("heldBack", switched.heldBack().size())
                    .addKeyValue("action", EventAction.CUTOVER_STEP)
                    .log("the next step of a cutover is on: its soak time was over, and no signal spoke against it");
        } catch (OperationRefused e) {
            // Others have changed it at the same moment: the next look tells.
            if (e.code() != Code.STALE) {
                refused.put(id, live.now());
                log.waits(id, e.getMessage());
            }
        }
    }
}
