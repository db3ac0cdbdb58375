package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.SpecProblem;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.file.ParsedMigration;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.OtherMigration;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedBackfill;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedBlocker;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedLock;
import dev.backfleet.coordinator.migration.plan.MigrationPlan.PlannedStep;
import dev.backfleet.coordinator.migration.step.ColumnShape;
import dev.backfleet.coordinator.migration.step.MigrationCatalog;
import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.migration.step.Step.Standing;
import dev.backfleet.coordinator.migration.step.Steps;
import dev.backfleet.coordinator.migration.step.TableRules;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.operation.Intake;
import dev.backfleet.coordinator.operation.SpecCheck;
import dev.backfleet.coordinator.pin.Catalog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Shows what a migration would do, and what a person should know about it. Nothing is stored, and nothing is changed. */
public final class PlanMigration {
    private final MigrationCatalog tables;
    private final Catalog catalog;
    private final Intake intake;
    private final MigrationLook look;

    public PlanMigration(MigrationCatalog tables, Catalog catalog, Intake intake, MigrationLook look) {
        this.tables = tables;
        this.catalog = catalog;
        this.intake = intake;
        this.look = look;
    }

    /**
     * Plans.
     *
     * @throws SpecException if there is no such table, or if the role cannot be used for it
     */
    public MigrationPlan run(ParsedMigration parsed) {
        return run(parsed, false);
    }

    /** The same; {@code measures}: whether the costs of the sync are measured, which takes a part of a second. */
    public MigrationPlan run(ParsedMigration parsed, boolean measures) {
        var migration = parsed.migration();
        var shape = parsed.table(tables::shape);
        SyncOfLive.refuseRenamed(migration, look.others(migration, shape));
        return new Run(parsed, shape).plan(measures);
    }

    private final class Run {
        private final Migration migration;
        private final SpecLocations locations;
        private final TableShape shape;
        private final List<MigrationFinding> findings = new ArrayList<>();
        private final Map<List<TableLock>, List<LockHolder>> holders = new HashMap<>();
        private final Set<String> blocked = new HashSet<>();
        private final List<OtherMigration> others;
        private final SyncOfLive live;

        Run(ParsedMigration parsed, TableShape shape) {
            this.migration = parsed.migration();
            this.locations = parsed.locations();
            this.shape = shape;
            this.others = look.others(migration, shape);
            this.live = SyncOfLive.of(migration, others);
        }

        MigrationPlan plan(boolean measures) {
            var refusals = TableRules.refusals(migration, shape);
            refusals.forEach(refusal -> findings.add(MigrationFinding.of(
                    MigrationFindingCode.STEP_IMPOSSIBLE, refusal.place(), refusal.what(), refusal.remedy())));
            var steps = refusals.isEmpty()
                    ? Steps.of(migration, shape).stream().map(this::step).toList()
                    : List.<PlannedStep>of();
            live.changed().ifPresent(findings::add);
            var changeable = shape.kind() == TableShape.Kind.TABLE || shape.kind() == TableShape.Kind.PARTITIONED;
            // Without the types of the new columns, nothing about them can be tried.
            var typed = changeable
                    && shape.knowsCopies(migration)
                    && shape.made().types().keySet().containsAll(migration.newColumns());
            var ofJob = typed ? backfill() : List.<Finding>of();
            if (changeable) {
                ownStatements(steps);
                var surroundings = look.surroundings(migration, shape);
                findings.addAll(CutoverFindings.of(migration, shape, look));
                findings.addAll(new MigrationReview(migration, shape, surroundings).findings(others, ofJob));
                if (typed && refusals.isEmpty() && canBeRepeated()) {
                    sampled(key(surroundings));
                }
            }
            var fit = findings.stream().noneMatch(finding -> finding.code().refuses())
                    && ofJob.stream().noneMatch(Finding::endangersRows);
            return new MigrationPlan(
                    migration.name(),
                    shape.name().toString(),
                    fit,
                    steps,
                    new PlannedBackfill(migration.backfill().spec().source(), Finding.sorted(ofJob)),
                    PlannedCutover.of(migration.cutover()),
                    MigrationFinding.sorted(findings.stream()
                            .map(finding -> finding.at(locations.lineOf(finding.place())))
                            .toList()),
                    measures && typed && refusals.isEmpty()
                            ? look.syncCost(migration, shape).orElse(null)
                            : null);
        }

        private void sampled(List<Identifier> key) {
            var values = NewValueFindings.of(look.newValues(migration, shape, key), NewValueExpressions.of(migration));
            findings.addAll(values);
            // A value that does not fit would come back cut, which is no fault of down.
            if (values.isEmpty() && !migration.down().isEmpty()) {
                findings.addAll(RoundTripFindings.of(look.roundTrip(migration, shape, key), migration));
            }
        }

        // A volatile expression may write, and gives another value each time.
        private boolean canBeRepeated() {
            var calls = Stream.concat(
                            NewValueExpressions.of(migration).values().values().stream(),
                            migration.down().values().stream())
                    .flatMap(expression -> expression.calls().stream())
                    .collect(Collectors.toSet());
            return catalog.volatileFunctions(calls).isEmpty();
        }

        private List<Identifier> key(MigrationLook.Surroundings surroundings) {
            return migration.backfill().spec().key().orElseGet(() -> shape.columns().stream()
                    .map(ColumnShape::name)
                    .filter(surroundings.primaryKey()::contains)
                    .toList());
        }

        private PlannedStep step(Step step) {
            var standing = look.standing(step);
            if (!live.explains(step, standing)) {
                standing(step, standing);
            }
            live.lost(step, standing).ifPresent(findings::add);
            var inTheWay = standing.equals(Standing.DONE.word()) ? List.<LockHolder>of() : holders(step);
            return new PlannedStep(
                    step.id(),
                    step.phase().name().toLowerCase(Locale.ROOT),
                    step.title(),
                    standing,
                    step.statements(),
                    step.locks().stream()
                            .map(lock -> new PlannedLock(
                                    lock.table().toString(), lock.mode().sql()))
                            .toList(),
                    step.execution().name().toLowerCase(Locale.ROOT),
                    inTheWay.stream().map(Run::blocker).toList(),
                    step.check(),
                    step.undo());
        }

        private void standing(Step step, String standing) {
            if (standing.equals(Standing.BROKEN.word())) {
                add(
                        MigrationFindingCode.STEP_BROKEN,
                        step.id(),
                        "a former attempt has left an invalid rest",
                        "'apply' removes it by: " + String.join("; ", step.cleanup()));
            } else if (standing.equals(Standing.UNDER_WAY.word())) {
                add(
                        MigrationFindingCode.STEP_UNDER_WAY,
                        step.id(),
                        "another session is about it at this moment",
                        "'apply' waits for its end");
            } else if (!standing.equals(Standing.DONE.word()) && !standing.equals(Standing.OPEN.word())) {
                add(
                        MigrationFindingCode.STEP_IN_THE_WAY,
                        step.id(),
                        standing,
                        "rename or remove what is in the way, or change the file");
            }
        }

        private List<LockHolder> holders(Step step) {
            var found = holders.computeIfAbsent(step.locks(), look::holders);
            for (var holder : found) {
                // The same transaction is told once, with the first step that it is in the way of.
                LockFindings.of(step.id(), holder)
                        .filter(finding -> blocked.add(holder.transaction()))
                        .ifPresent(findings::add);
            }
            return found;
        }

        private static PlannedBlocker blocker(LockHolder holder) {
            var age = holder.age();
            return new PlannedBlocker(
                    holder.pid(),
                    holder.user(),
                    holder.application(),
                    age == null ? null : age.toSeconds(),
                    holder.granted(),
                    holder.words());
        }

        private List<Finding> backfill() {
            if (live.submitted()) {
                return List.of(); // found at its submission, of the table as it was then
            }
            var expanded = shape.isExpanded(migration);
            if (!expanded) {
                add(
                        MigrationFindingCode.BATCH_NOT_PLANNED,
                        "backfill",
                        "the new columns are not there yet: how a batch finds its rows is known after the first steps",
                        "run this plan again then; the submission of the job checks it in any case");
            }
            try {
                var seen = expanded ? catalog : new ExpandedCatalog(catalog, look, migration, shape);
                return new SpecCheck(seen, intake)
                        .check(migration.backfill(), migration.name())
                        .pinned()
                        .findings();
            } catch (SpecException e) {
                impossible(e.problem());
                return List.of();
            } catch (RuntimeException e) {
                throw intake.explained(migration.table(), e);
            }
        }

        // The trial of the sync may have found the same expression.
        private void impossible(SpecProblem problem) {
            if (findings.stream().noneMatch(finding -> finding.place().equals(problem.key()))) {
                add(MigrationFindingCode.BACKFILL_IMPOSSIBLE, problem.key(), problem.what(), problem.remedy());
            }
        }

        // A statement that is done already would be rejected.
        private void ownStatements(List<PlannedStep> steps) {
            var open = steps.stream()
                    .filter(step -> step.standing().equals(Standing.OPEN.word()))
                    .map(PlannedStep::step)
                    .toList();
            for (var phase : List.of(Step.Phase.EXPAND, Step.Phase.FINISH)) {
                var elements = phase == Step.Phase.EXPAND ? migration.expand() : migration.finish();
                elements.stream()
                        .filter(Element.Sql.class::isInstance)
                        .map(Element.Sql.class::cast)
                        .forEach(sql -> {
                            var place = phase.name().toLowerCase(Locale.ROOT) + ".sql." + sql.title();
                            if (open.contains(place)) {
                                ownStatement(place, sql);
                            }
                        });
            }
        }

        private void ownStatement(String place, Element.Sql sql) {
            var observation = look.observed(migration, shape, sql);
            observation
                    .untried()
                    .ifPresent(why -> add(
                            MigrationFindingCode.SQL_UNTRIED,
                            place,
                            "it was not tried: " + why,
                            "try it on a copy of the database, and look at pg_locks"));
            observation
                    .undeclared(sql)
                    .forEach(what -> add(
                            MigrationFindingCode.SQL_UNDECLARED,
                            place,
                            what,
                            "declare the lock, or write a statement that needs less"));
        }

        private void add(MigrationFindingCode code, String place, String message, String remedy) {
            findings.add(MigrationFinding.of(code, place, message, remedy));
        }
    }
}
