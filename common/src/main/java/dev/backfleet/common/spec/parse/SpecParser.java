package dev.backfleet.common.spec.parse;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.spec.Change;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.key.SpecValues;
import dev.backfleet.common.spec.key.ThrottleKeys;
import dev.backfleet.common.sql.Identifier;
import java.time.DayOfWeek;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parses a spec's file, YAML or JSON, and checks everything that can be checked without a database. */
public final class SpecParser {
    private SpecParser() {}

    /**
     * Parses a spec.
     *
     * @param fileName for messages, and to recognise JSON by the extension; without a known extension the text decides
     * @throws SpecException at the first problem
     */
    public static ParsedSpec parse(String fileName, String text) {
        var root = SpecDocument.read(fileName, text, SpecKeys.REQUIRED_REMEDY);
        var locations = SpecLocations.of(fileName, root);
        new UnknownKeys(locations, SpecKeys.ALL).refuse(root);
        return parse(root, locations, text);
    }

    /**
     * Interprets a tree of known keys.
     *
     * @param locations where its keys are, for messages
     * @param source the text that the spec is stored with
     * @throws SpecException at the first problem
     */
    public static ParsedSpec parse(SpecNode.Mapping root, SpecLocations locations, String source) {
        var copies = root.entries().containsKey(CopyKeys.GROUP);
        CopyRefusals.refuseBoth(root, locations);
        var spec = spec(new SpecValues(root, locations), copies, source);
        CopyRefusals.refuse(spec, locations);
        refuseSettingWhatIsWalked(spec, locations);
        refuseRolloutWithoutWaves(spec, locations);
        refuseReconcilingWhatCannotBeComputedAgain(spec, locations);
        return new ParsedSpec(spec, locations);
    }

    private static Change change(SpecValues values, boolean copies) {
        return new Change(
                copies ? Map.of() : values.get(SpecKeys.SET),
                values.find(SpecKeys.WHERE),
                values.get(SpecKeys.TRIGGERS),
                values.get(SpecKeys.UNDO),
                copies ? Optional.of(CopyKeys.read(values)) : Optional.empty());
    }

    private static Spec spec(SpecValues values, boolean copies, String source) {
        return new Spec(
                values.get(SpecKeys.NAME),
                values.get(SpecKeys.TABLE),
                values.find(SpecKeys.TENANT),
                change(values, copies),
                values.find(SpecKeys.KEY),
                new Limits(
                        values.get(SpecKeys.SHARD_ROWS),
                        values.get(SpecKeys.BATCH_DURATION),
                        values.get(SpecKeys.BATCH_MAX_ROWS),
                        values.get(SpecKeys.BATCH_ROW_TIMEOUT),
                        values.get(SpecKeys.RATE_ROWS),
                        values.get(SpecKeys.RATE_WAL),
                        values.get(SpecKeys.CONCURRENCY),
                        values.get(SpecKeys.PRIORITY),
                        new ErrorBudget(values.get(SpecKeys.BUDGET_ROWS), values.get(SpecKeys.BUDGET_RATIO)),
                        values.get(SpecKeys.WALK_PASSES)),
                window(values),
                values.find(SpecKeys.DEADLINE),
                ThrottleKeys.read(values),
                rollout(values),
                values.find(SpecKeys.RECONCILE_DIFFERENT),
                source);
    }

    private static Optional<TimeWindow> window(SpecValues values) {
        var between = values.get(SpecKeys.WINDOW_BETWEEN);
        var days = values.find(SpecKeys.WINDOW_DAYS).orElseGet(() -> EnumSet.allOf(DayOfWeek.class));
        return between.window(values.get(SpecKeys.WINDOW_ZONE), days);
    }

    private static Optional<Rollout> rollout(SpecValues values) {
        var promote = values.get(SpecKeys.ROLLOUT_PROMOTE);
        var soak = values.get(SpecKeys.ROLLOUT_SOAK);
        var reconcile = values.find(SpecKeys.ROLLOUT_RECONCILE).orElse(null);
        return values.find(SpecKeys.ROLLOUT_WAVES).map(waves -> new Rollout(waves, promote, soak, reconcile));
    }

    // That an expression is volatile, or depends on the time, is known only later.
    private static void refuseReconcilingWhatCannotBeComputedAgain(Spec spec, SpecLocations locations) {
        if (!spec.rollout().map(Rollout::reconciles).orElse(false)
                || spec.different().isPresent()) {
            return;
        }
        var columns =
                spec.change().set().keySet().stream().map(Identifier::name).toList();
        spec.change().set().forEach((column, expression) -> columns.stream()
                .filter(expression.names()::contains)
                .findFirst()
                .ifPresent(read -> {
                    throw locations.problem(
                            SpecKeys.ROLLOUT_RECONCILE.path(),
                            "needs to compute the change again, and the expression of " + column + " reads " + read
                                    + ", which is set itself",
                            "say which rows are wrong: reconcile: { different: \"…\" }");
                }));
    }

    private static void refuseRolloutWithoutWaves(Spec spec, SpecLocations locations) {
        var group = SpecKeys.ROLLOUT_WAVES.group();
        if (spec.rollout().isEmpty() && locations.lineOf(group).isPresent()) {
            throw locations.problem(group, "has no waves", "write it like " + SpecKeys.ROLLOUT_WAVES.written());
        }
    }

    private static void refuseSettingWhatIsWalked(Spec spec, SpecLocations locations) {
        var key = spec.key().orElse(List.of());
        for (Identifier column : spec.change().set().keySet()) {
            var path = SpecLocations.setColumn(column);
            if (key.contains(column)) {
                throw locations.problem(
                        path,
                        "is part of the key that the job scans by, and cannot be changed",
                        "remove it from set or from key");
            }
            if (spec.tenant().equals(Optional.of(column))) {
                throw locations.problem(
                        path,
                        "is the tenant column that the job scans by, and cannot be changed",
                        "remove it from set");
            }
        }
    }
}
