package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Objection;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.Rejection;
import dev.backfleet.coordinator.pin.TableFacts;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TargetState;
import dev.backfleet.coordinator.pin.WalkFacts;
import dev.backfleet.coordinator.pin.state.Matching;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.TableState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The catalog as it will be when the columns of the new shape are there, so that the spec of a migration's job can be checked before. What
 * follows from the table as it is, is asked of the real table; expressions are tried on an empty table with the new columns. How a batch is
 * planned, and whether the first row can be changed, is not known before.
 */
public final class ExpandedCatalog implements Catalog {
    private final Catalog real;
    private final MigrationLook look;
    private final Migration migration;
    private final TableShape shape;

    public ExpandedCatalog(Catalog real, MigrationLook look, Migration migration, TableShape shape) {
        this.real = real;
        this.look = look;
        this.migration = migration;
        this.shape = shape;
    }

    @Override
    public Optional<TableFacts> table(TableName name) {
        return real.table(name).map(this::expanded);
    }

    private TableFacts expanded(TableFacts table) {
        if (table.table().oid() != shape.oid()) {
            return table;
        }
        var columns = new ArrayList<>(table.columns());
        var next = columns.stream().mapToInt(Column::number).max().orElse(0);
        for (var column : migration.newColumns()) {
            if (table.column(column.name()).isEmpty()) {
                next++;
                columns.add(new Column(column.name(), next, type(column), null, false, false, false, Set.of()));
            }
        }
        return new TableFacts(
                table.table(), table.kind(), columns, table.indexes(), table.leaves(), table.partitionColumns());
    }

    // One that is written back has the type of the column that it is given, written in the same way.
    private String type(Identifier column) {
        return migration
                .copy()
                .flatMap(copy -> Optional.ofNullable(copy.writeBack().get(column))
                        .flatMap(from -> real.table(copy.into()).flatMap(into -> into.column(from.name()))))
                .map(Column::type)
                .or(() -> Optional.ofNullable(shape.made().types().get(column)).map(TableShape.Type::text))
                .orElse("text");
    }

    @Override
    public Optional<Rejection> refusal(JobDefinition.Table table, String column, SqlExpression expression) {
        return look.refusal(migration, shape, Identifier.of(column), expression);
    }

    @Override
    public Optional<Rejection> refusal(
            JobDefinition.Table from, JobDefinition.Table into, String column, SqlExpression expression) {
        return real.refusal(from, into, column, expression);
    }

    @Override
    public TargetState targetState(JobDefinition.Table into, Triggers triggers) {
        return real.targetState(into, triggers);
    }

    @Override
    public Optional<Rejection> refusal(JobDefinition.Table table, SqlExpression where) {
        return look.refusal(migration, shape, where);
    }

    @Override
    public Optional<Objection> objection(JobDefinition job, JobDefinition.Table leaf) {
        return Optional.empty();
    }

    @Override
    public Optional<BatchPlan> batchPlan(PinnedSpec pinned) {
        return Optional.empty();
    }

    @Override
    public Optional<Matching> matching(PinnedSpec pinned) {
        return Optional.empty();
    }

    @Override
    public List<String> readInFull(PinnedSpec pinned, long pages) {
        return List.of();
    }

    @Override
    public Optional<TableName> nearest(TableName name) {
        return real.nearest(name);
    }

    @Override
    public Optional<String> unreadable(TableFacts table, List<KeyColumn> key) {
        return real.unreadable(table, key);
    }

    @Override
    public Map<JobDefinition.Table, RowSecurity> rowSecurity(List<JobDefinition.Table> tables) {
        return real.rowSecurity(tables);
    }

    @Override
    public Grants missingGrants(JobDefinition.Table table, List<String> set, Set<String> names) {
        return real.missingGrants(table, set, names);
    }

    @Override
    public Optional<Grants> missingUsage(TableName table) {
        return real.missingUsage(table);
    }

    @Override
    public List<String> withoutRows(JobDefinition.Table table, Column tenant, List<String> tenants) {
        return real.withoutRows(table, tenant, tenants);
    }

    @Override
    public WalkFacts walkFacts(JobDefinition job, List<JobDefinition.Table> leaves, List<String> changed) {
        return real.walkFacts(job, leaves, changed);
    }

    @Override
    public long rows(List<JobDefinition.Table> leaves) {
        return real.rows(leaves);
    }

    @Override
    public List<JobDefinition.Table> shapes(List<JobDefinition.Table> leaves) {
        return real.shapes(leaves);
    }

    @Override
    public Optional<String> triggerRefusal() {
        return real.triggerRefusal();
    }

    @Override
    public Duration deadlockTimeout() {
        return real.deadlockTimeout();
    }

    @Override
    public Optional<String> updateRule(JobDefinition.Table table, Triggers triggers) {
        return real.updateRule(table, triggers);
    }

    @Override
    public TableState tableState(PinnedSpec pinned) {
        return real.tableState(pinned);
    }

    @Override
    public Set<String> volatileFunctions(Set<String> names) {
        return real.volatileFunctions(names);
    }

    @Override
    public ServerState serverState() {
        return real.serverState();
    }
}
