package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Walk;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.Undo;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.unit.NearestName;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TableFacts.Index;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks a spec against the database, and takes the snapshot of its table. The first problem ends the check. */
public final class SpecPinner {
    private final Catalog catalog;
    private final Spec spec;
    private final SpecLocations places;
    private final @Nullable String migration;
    private final List<Finding> findings = new ArrayList<>();

    private SpecPinner(Catalog catalog, ParsedSpec parsed, @Nullable String migration) {
        this.migration = migration;
        this.catalog = catalog;
        this.spec = parsed.spec();
        this.places = parsed.locations();
    }

    /**
     * Checks the spec.
     *
     * @throws SpecException if the spec cannot be run on this database
     */
    public static PinnedSpec pin(Catalog catalog, ParsedSpec parsed) {
        return pin(catalog, parsed, null);
    }

    /**
     * Checks the spec of a migration's backfill.
     *
     * @param migration the migration's name; null: it belongs to none
     * @throws SpecException if the spec cannot be run on this database
     */
    public static PinnedSpec pin(Catalog catalog, ParsedSpec parsed, @Nullable String migration) {
        return new SpecPinner(catalog, parsed, migration).pin();
    }

    private PinnedSpec pin() {
        var tables = new TableChecks(catalog, places, spec.table());
        var table = tables.table();
        findings.addAll(tables.rowSecurity(table));
        var key = key(table);
        var scan = scan(table, key);
        var checks = new KeyChecks(places, spec.key().isPresent() ? "key" : "table", table, scan);
        checks.refuseUnreadable(catalog);
        var copy = spec.change().copy().map(one -> new CopyChecks(catalog, places, spec, one, table, findings::add)
                .work(checks, migration));
        var assignments = assignments(table, checks);
        checkExpressions(table);
        checkQueries(table);
        new ServerChecks(catalog, places, spec).refuse();
        if (copy.filter(one -> one.back().isEmpty()).isEmpty()) {
            tables.refuseRules(table, spec.change().triggers());
        }
        var rollout = new RolloutChecks(catalog, places, spec, table);
        rollout.refuse(scan);
        var pinned = new JobDefinition(
                table.table(),
                scan.key(table),
                scan.tenantLed(),
                copy.<Work>map(one -> one).orElseGet(() -> update(assignments)),
                spec.limits().shardRows(),
                spec.limits().batchDuration(),
                spec.limits().batchMaxRows());
        var leaves = table.leaves().stream().map(TableFacts.Leaf::table).toList();
        var computed = computed(table, pinned.work().columns());
        var choice = walk(pinned, leaves, computed);
        var definition = pinned.walking(choice.map(WalkChoice::walk).orElse(Walk.ONCE));
        checkStatements(definition, table);
        rollout.findings(scan).forEach(findings::add);
        var reconciled = rollout.reconciled(definition, findings::add);
        return new PinnedSpec(
                definition,
                leaves,
                UsedColumns.of(table, definition),
                computed,
                reconciled,
                findings,
                choice.map(WalkChoice::reason).orElse(null));
    }

    private Optional<WalkChoice> walk(JobDefinition job, List<JobDefinition.Table> leaves, List<String> computed) {
        if (job.work().kind() != Work.Kind.UPDATE_ROWS) {
            return Optional.empty();
        }
        var changed =
                Stream.concat(job.work().columns().stream(), computed.stream()).toList();
        var facts = catalog.walkFacts(job, leaves, changed);
        return Optional.of(WalkChoice.of(spec.limits().passes(), facts, job.shardRows())
                .orElseThrow(() -> places.problem(
                        SpecKeys.WALK_PASSES.path(),
                        "a type of the key has no hash function, which would say in which pass a row is changed",
                        "leave it out, or write 1")));
    }

    private UpdateRows update(List<Assignment> assignments) {
        return new UpdateRows(
                assignments,
                spec.change().where().map(SqlExpression::text).orElse(null),
                spec.change().triggers(),
                spec.change().undo() == Undo.KEEP ? OldValues.KEPT : OldValues.LOST,
                migration);
    }

    private static List<String> computed(TableFacts table, List<String> set) {
        return table.columns().stream()
                .filter(column -> column.computedFrom().stream().anyMatch(set::contains))
                .map(Column::name)
                .toList();
    }

    private Index key(TableFacts table) {
        var wanted = spec.key().map(columns -> columns.stream()
                .map(column -> column("key", table, column).name())
                .toList());
        return ScanKey.identifying(table, wanted)
                .orElseThrow(() -> !ScanKey.notNullInNameOnly(table, wanted).isEmpty()
                        ? KeyChecks.canBeNull(
                                places,
                                wanted.isPresent() ? "key" : "table",
                                ScanKey.notNullInNameOnly(table, wanted).get(0))
                        : wanted.isPresent()
                                ? places.problem(
                                        "key",
                                        "no unique index over exactly these columns, all of them NOT NULL, can be scanned",
                                        "name the columns of a valid, immediate btree index without conditions or expressions, in"
                                                + " plain order")
                                : places.problem(
                                        "table",
                                        "it has no usable primary key",
                                        "name the columns of a unique NOT NULL index under key"));
    }

    private ScanKey scan(TableFacts table, Index key) {
        if (spec.tenant().isEmpty()) {
            return ScanKey.over(key);
        }
        var tenant = column("tenant", table, spec.tenant().get());
        if (!tenant.notNull() && tenant.saysNotNull()) {
            throw KeyChecks.canBeNull(places, "tenant", tenant.name());
        }
        if (!tenant.notNull()) {
            throw places.problem(
                    "tenant",
                    "the column " + spec.tenant().get() + " can be NULL",
                    "make it NOT NULL, or leave tenant out");
        }
        return ScanKey.tenantFirst(table, key, tenant.name()).orElseGet(() -> {
            findings.add(Finding.of(
                    FindingCode.TENANT_WITHOUT_INDEX,
                    "no index starts with " + spec.tenant().get() + " and continues with the key ("
                            + String.join(", ", key.columns()) + "): shards follow the key, not the tenants",
                    "for shards that do: create index concurrently on " + spec.table() + " ("
                            + spec.tenant().get() + ", " + ExpressionHints.names(key.columns()) + ")"));
            return ScanKey.over(key);
        });
    }

    private List<Assignment> assignments(TableFacts table, KeyChecks checks) {
        var assignments = new ArrayList<Assignment>();
        spec.change().set().forEach((name, expression) -> {
            var path = SpecLocations.setColumn(name);
            var column = column(path, table, name);
            if (column.generated()) {
                throw places.problem(path, "it is a generated column", "set the columns that it is computed from");
            }
            checks.refuseMoves(path, column);
            assignments.add(new Assignment(column.name(), column.number(), expression.text()));
        });
        return assignments;
    }

    private void checkExpressions(TableFacts table) {
        var set = spec.change().set().keySet().stream().map(Identifier::name).toList();
        var hints = new ExpressionHints(catalog, table);
        spec.change().set().forEach((name, expression) -> catalog.refusal(table.table(), name.name(), expression)
                .ifPresent(why -> {
                    throw refused(SpecLocations.setColumn(name), why, hints.remedy(expression, why, set));
                }));
        spec.change().where().ifPresent(where -> catalog.refusal(table.table(), where)
                .ifPresent(why -> {
                    throw refused("where", why, hints.remedy(where, why, List.of()));
                }));
        spec.different().ifPresent(rule -> catalog.refusal(table.table(), rule).ifPresent(why -> {
            throw refused(SpecKeys.RECONCILE_DIFFERENT.path(), why, hints.remedy(rule, why, List.of()));
        }));
    }

    // Of the leaves of a partitioned table, only one of each shape is tried.
    private void checkStatements(JobDefinition definition, TableFacts table) {
        for (var leaf : catalog.shapes(
                table.leaves().stream().map(TableFacts.Leaf::table).toList())) {
            var objection = catalog.objection(definition, leaf);
            objection.filter(Objection::refuses).ifPresent(one -> {
                throw places.problem(
                        spec.change().copy().isPresent() ? CopyKeys.GROUP : "set",
                        "PostgreSQL rejects the batch: " + one.words(),
                        "change what it names");
            });
            objection
                    .map(one -> finding(one, definition, leaf))
                    .filter(finding -> !findings.contains(finding))
                    .ifPresent(findings::add);
        }
    }

    private Finding finding(Objection objection, JobDefinition definition, JobDefinition.Table leaf) {
        if (objection.kind() != Objection.Kind.DENIED) {
            return Finding.of(FindingCode.FIRST_ROW_REJECTED, objection.words());
        }
        var names = new HashSet<String>();
        definition.key().forEach(column -> names.add(column.name()));
        definition.work().expressions().forEach(expression -> names.addAll(expression.names()));
        return Finding.of(
                FindingCode.PRIVILEGE_MISSING,
                objection.words(),
                ExpressionHints.grants(
                        catalog.missingGrants(leaf, definition.work().columns(), names)));
    }

    private void checkQueries(TableFacts table) {
        spec.throttle().sql().forEach(own -> refuseQuery("throttle.sql", table, own.query(), "::float8 is null"));
        var probe = spec.throttle().probe();
        if (probe != null) {
            refuseQuery("throttle.probe", table, probe, " is null");
        }
    }

    private void refuseQuery(String path, TableFacts table, String query, String condition) {
        // Checked in the form in which it is used: as a subselect, which can only be a single SELECT of one column.
        catalog.refusal(table.table(), SqlExpression.parse("(" + query + "\n)" + condition))
                .ifPresent(why -> {
                    throw places.problem(
                            path,
                            "PostgreSQL rejects " + Shown.text(query) + ": " + why,
                            "write one SELECT of one column, with qualified names");
                });
    }

    private SpecException refused(String path, Rejection why, String remedy) {
        return places.problem(path, "PostgreSQL rejects it: " + why.words(), remedy);
    }

    private Column column(String path, TableFacts table, Identifier name) {
        return table.column(name.name())
                .orElseThrow(() -> places.problem(
                        path,
                        spec.table() + " has no column " + name,
                        nearest(table, name)
                                .map(known -> "did you mean " + known + "?")
                                .orElse("check the name; unquoted ones fold to lower case")));
    }

    // The usual mistake is upper and lower case.
    static Optional<Identifier> nearest(TableFacts table, Identifier name) {
        var names = table.columns().stream().map(Column::name).toList();
        return names.stream()
                .filter(known -> known.equalsIgnoreCase(name.name()))
                .findFirst()
                .or(() -> NearestName.of(name.name(), names))
                .map(Identifier::of);
    }
}
