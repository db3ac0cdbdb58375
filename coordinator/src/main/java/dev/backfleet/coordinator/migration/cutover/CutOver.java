package dev.backfleet.coordinator.migration.cutover;

import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.MigrationState;
import dev.backfleet.coordinator.migration.apply.MigrationLog;
import dev.backfleet.coordinator.migration.apply.MigrationLog.Stored;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Change;
import dev.backfleet.coordinator.migration.cutover.FlagLog.Named;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.query.reconcile.GateAnswer;
import dev.backfleet.coordinator.query.reconcile.GateVerdict;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Switches reads to the new shape: the next step of the file, a tenant, or a share of all. Each is asked of the gate again. */
public final class CutOver {
    private static final BigDecimal ALL = BigDecimal.valueOf(100);

    private final MigrationLog log;
    private final Gate gate;
    private final FlagLog flags;
    private final LongFunction<Optional<String>> syncDifference;
    private final StepSignals signals;
    private final TenantCheck tenants;
    private final Function<String, Migration> parser;

    /**
     * The operation.
     *
     * @param gate asked before each step
     * @param syncDifference what is different about the sync of the migration of an id; nothing if it is as it was made
     * @param signals what speaks against a step
     * @param tenants whether a text can be a tenant
     * @param parser reads a stored file
     */
    public CutOver(
            MigrationLog log,
            Gate gate,
            FlagLog flags,
            LongFunction<Optional<String>> syncDifference,
            StepSignals signals,
            TenantCheck tenants,
            Function<String, Migration> parser) {
        this.log = log;
        this.gate = gate;
        this.flags = flags;
        this.syncDifference = syncDifference;
        this.signals = signals;
        this.tenants = tenants;
        this.parser = parser;
    }

    /**
     * Switches.
     *
     * @throws OperationRefused NOT_FOUND, also if the tenant has no rows; GATE_CLOSED if the migration is not READY yet, if the soak time is not
     *     over, if a signal is at its hard threshold, if rows are wrong, or if the old shape would not be kept up; NOT_NOW if the sync is not as it
     *     was made; INVALID if the share is smaller than it is now, or a tenant is no value of its column
     */
    public Switched run(Actor actor, String name, CutoverRequest request) {
        try (var lock = log.begin(log.known(name).id())) {
            return switched(actor, log.known(name), request);
        }
    }

    /**
     * What {@link #run} would say now; changes nothing, and counts no rows.
     *
     * @throws OperationRefused NOT_FOUND
     */
    public Verdict ask(String name, CutoverRequest request) {
        var stored = log.known(name);
        try {
            var prepared = prepared(stored, request);
            return new Verdict(stored, prepared.migration(), Optional.empty(), prepared.held(), prepared.warnings());
        } catch (OperationRefused e) {
            return new Verdict(stored, parser.apply(stored.source()), Optional.of(e), Map.of(), List.of());
        }
    }

    private Prepared prepared(Stored stored, CutoverRequest request) {
        var name = stored.name();
        var migration = parser.apply(stored.source());
        requireReady(stored);
        if (migration.down().isEmpty() && !request.oneWay()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the file has no 'down': what is written in the new shape does not come to the old one, so a rollback would show old values",
                    "write down: { … }, or accept it with --one-way");
        }
        syncDifference.apply(stored.id()).ifPresent(different -> {
            throw new OperationRefused(
                    Code.NOT_NOW,
                    "the sync of " + name + " is no longer as it was made: " + different,
                    "see 'backfleet migration status " + name + "'");
        });
        var flag = flags.flag(name)
                .orElseThrow(() -> new OperationRefused(Code.NOT_NOW, "the migration has no flag", "apply it again"));
        var next = CutoverTarget.of(migration, stored.name(), flag, flags.step(stored.id()), request);
        if (request.tenant() != null) {
            tenants.refuseUnknown(migration, flag, request.tenant());
        } else {
            next.tenants().forEach(tenant -> tenants.refuseText(migration, tenant));
        }
        var found = signals.now(stored.id());
        refuseHard(name, found);
        return new Prepared(migration, flag, next, held(migration, stored, next), found.unknown());
    }

    private static void refuseHard(String name, StepSignals.Found found) {
        if (!found.hard().isEmpty()) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "a signal that the file names speaks against any step: " + String.join("; ", found.hard()),
                    "find its cause ('backfleet migration status " + name
                            + "'), or change its thresholds in cutover: { abort: … } and apply the file");
        }
    }

    private Switched switched(Actor actor, Stored stored, CutoverRequest request) {
        var name = stored.name();
        var prepared = prepared(stored, request);
        var migration = prepared.migration();
        var flag = prepared.flag();
        var next = prepared.next();
        var held = prepared.held();
        refuseWrongNow(stored, next);
        var changes = new HashMap<String, Named>();
        next.tenants().forEach(tenant -> changes.put(tenant, new Named(true, next.reason())));
        held.forEach((tenant, why) -> changes.put(tenant, new Named(false, why)));
        // Those that are held back by name, now or before, go on with the old shape.
        var named = new HashMap<>(flag.on() ? flag.tenants() : Map.<String, Boolean>of());
        changes.forEach((tenant, now) -> named.put(tenant, now.value()));
        var all = next.percent().compareTo(ALL) == 0 && !named.containsValue(false);
        var changed = flags.change(
                stored.id(),
                stored.state(),
                all ? MigrationState.CUT : MigrationState.CUTTING,
                new Change(true, next.percent(), changes, next.step(), next.reason()),
                actor);
        return new Switched(
                stored.id(),
                name,
                all ? MigrationState.CUT : MigrationState.CUTTING,
                changed,
                Map.copyOf(held),
                next.step(),
                migration.cutover().steps().size(),
                migration.cutover().promotion() == CutoverPlan.Promotion.AUTO,
                prepared.warnings());
    }

    private static void requireReady(Stored stored) {
        if (stored.state() != MigrationState.READY
                && stored.state() != MigrationState.CUTTING
                && stored.state() != MigrationState.CUT) {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the migration " + stored.name() + " is " + stored.state()
                            + ": reads are switched when it is READY",
                    "see 'backfleet migration status " + stored.name() + "'");
        }
    }

    /** The tenants that are held back, each with why. */
    private Map<String, String> held(Migration migration, Stored stored, CutoverTarget next) {
        var job = stored.job()
                .orElseThrow(() -> new OperationRefused(
                        Code.NOT_NOW, "the job of " + stored.name() + " was removed", "abort the migration"));
        var answer = gate.ask(migration, job);
        if (answer.verdict() == GateVerdict.SAFE) {
            return Map.of();
        }
        var wrong =
                answer.verdict() == GateVerdict.DRIFT ? flags.wrongTenants(job) : Optional.<Map<String, String>>empty();
        if (wrong.isEmpty()) {
            throw refused(stored, answer);
        }
        next.tenants().stream().filter(wrong.get()::containsKey).findFirst().ifPresent(tenant -> {
            throw new OperationRefused(
                    Code.GATE_CLOSED,
                    "the gate refuses the tenant " + tenant + ": " + wrong.get().get(tenant),
                    "see 'backfleet reconcile " + stored.name() + " --show'");
        });
        return next.percent().signum() > 0 ? wrong.get() : Map.of();
    }

    // The last reconcile may be a day old: those that the step names are counted once more.
    private void refuseWrongNow(Stored stored, CutoverTarget next) {
        gate.wrongNow(stored.job().orElseThrow(), next.tenants()).entrySet().stream()
                .findFirst()
                .ifPresent(wrong -> {
                    throw new OperationRefused(
                            Code.GATE_CLOSED,
                            "the gate refuses the tenant " + wrong.getKey() + ": " + wrong.getValue(),
                            "'backfleet reconcile " + stored.name() + "' finds their keys");
                });
    }

    private static OperationRefused refused(Stored stored, GateAnswer answer) {
        return new OperationRefused(
                Code.GATE_CLOSED,
                "the gate of " + stored.name() + " says " + answer.verdict() + ": "
                        + String.join("; ", answer.reasons()),
                "'backfleet migration apply' reconciles again");
    }

    /** Whether the rows of a backfill are all as they should be. */
    @FunctionalInterface
    public interface Gate {
        GateAnswer ask(Migration migration, long backfill);

        /** The tenants of these that have wrong rows now, each with how many; those with too many rows to be counted at once are left to the reconcile. */
        default Map<String, String> wrongNow(long backfill, List<String> tenants) {
            return Map.of();
        }
    }

    /**
     * What a cutover would say.
     *
     * @param refusal why it would be refused; empty: it would not
     * @param heldBack tenants that would go on with the old shape, each with why
     * @param warnings why signals cannot be judged, each as a clause
     */
    public record Verdict(
            Stored stored,
            Migration migration,
            Optional<OperationRefused> refusal,
            Map<String, String> heldBack,
            List<String> warnings) {}

    private record Prepared(
            Migration migration, FlagState flag, CutoverTarget next, Map<String, String> held, List<String> warnings) {}

    /**
     * What is asked for.
     *
     * @param tenant this tenant only; null: all by step or share
     * @param percent up to this share of all; empty: the next step of the file
     * @param oneWay whether it is accepted that the old shape is not kept up
     */
    public record CutoverRequest(@Nullable String tenant, OptionalInt percent, boolean oneWay) {}

    /**
     * What was switched, in the order of the JSON output; names and order are an interface.
     *
     * @param heldBack tenants that the gate refuses, each with why: they go on with the old shape
     * @param step which step of the file is on; 0: none
     * @param steps how many there are
     * @param promotesItself whether the leading coordinator takes the next step
     * @param warnings why signals cannot be judged, each as a clause: nothing may take this step back
     */
    public record Switched(
            long id,
            String name,
            MigrationState state,
            FlagState flag,
            Map<String, String> heldBack,
            int step,
            int steps,
            boolean promotesItself,
            List<String> warnings) {}
}
