package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.forecast.BatchPlan;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.Objection;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.Rejection;
import dev.backfleet.coordinator.pin.Rejection.Kind;
import dev.backfleet.coordinator.pin.TableFacts;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TableFacts.Leaf;
import dev.backfleet.coordinator.pin.TargetState;
import dev.backfleet.coordinator.pin.WalkFacts;
import dev.backfleet.coordinator.pin.state.Matching;
import dev.backfleet.coordinator.pin.state.ServerState;
import dev.backfleet.coordinator.pin.state.TableState;
import dev.backfleet.coordinator.postgres.review.ExpressionTrial;
import dev.backfleet.coordinator.postgres.review.StateStore;
import dev.backfleet.coordinator.postgres.review.WalkFactsStore;
import dev.backfleet.coordinator.postgres.trial.BatchExplain;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.JdbiException;
import org.postgresql.util.PSQLException;

/** Reads PostgreSQL's catalog. */
public final class PostgresCatalog implements Catalog {

    private static final int LOOKED_AT_LEAVES = 3;

    private static final String READ_BACK = """
            select exists (select from (select %s as backfleet_1 from only %s k limit 1000) backfleet_k where (%s) is not true)
            """;

    private static final String SHADOWED = """
            select n from unnest(:names) n
            where starts_with(n, 'backfleet_') and n <> :table and to_regclass(quote_ident(n)) is not null
            """;

    private static final String SUPPRESS_TRIGGERS =
            "select pg_catalog.set_config('session_replication_role', 'replica', true)";

    private static final String VOLATILE = """
            select distinct p.proname::text from pg_proc p where p.proname = any(:names) and p.provolatile = 'v'
            """;

    private static final Set<String> PASSING =
            Set.of(SqlStateCodes.LOCK_NOT_AVAILABLE, SqlStateCodes.CANCELLED, SqlStateCodes.ADMIN_SHUTDOWN);

    private final Database database;

    public PostgresCatalog(Database database) {
        this.database = database;
    }

    @Override
    public Optional<TableFacts> table(TableName name) {
        return database.jdbi().withHandle(handle -> new TableFactsStore(handle).find(name));
    }

    @Override
    public Optional<String> unreadable(TableFacts table, List<KeyColumn> key) {
        return new KeyEncoding(database).unreadable(table, key).or(() -> unreadableType(table, key));
    }

    private Optional<String> unreadableType(TableFacts table, List<KeyColumn> key) {
        return key.stream()
                .filter(column -> !column.ownType())
                .filter(column ->
                        table.leaves().stream().limit(LOOKED_AT_LEAVES).anyMatch(leaf -> isUnreadable(leaf, column)))
                .findFirst()
                .map(column -> "the key column " + Identifier.of(column.name())
                        + " cannot be scanned: the text of some of its values does not read back as an equal value of "
                        + column.type());
    }

    private boolean isUnreadable(Leaf leaf, KeyColumn column) {
        var value = "k." + Identifier.of(column.name()).escaped() + "::" + column.type();
        var sql = READ_BACK.formatted(
                value,
                leaf.table().escaped(),
                column.compare("backfleet_1::text::" + column.type(), Comparison.EQUAL, "backfleet_1"));
        try {
            return database.jdbi()
                    .withHandle(handle ->
                            handle.createQuery(sql).mapTo(Boolean.class).one());
        } catch (JdbiException e) {
            if (Refusal.code(e).isEmpty()) {
                throw e;
            }
            // Another check reports that the role may not read the rows.
            return Refusal.isNoValue(e);
        }
    }

    @Override
    public Optional<TableName> nearest(TableName name) {
        return database.jdbi().withHandle(handle -> new TableNameStore(handle).nearest(name));
    }

    @Override
    public Map<JobDefinition.Table, RowSecurity> rowSecurity(List<JobDefinition.Table> tables) {
        return database.jdbi().withHandle(handle -> new RowSecurityStore(handle).of(tables));
    }

    @Override
    public Optional<Rejection> refusal(JobDefinition.Table table, String column, SqlExpression expression) {
        return shadowed(table, expression)
                .or(() -> explain("update only " + table.quoted() + " as "
                        + Identifier.of(table.name()).quoted() + " set "
                        + Identifier.of(column).quoted() + " = " + expression.jdbcParenthesized()));
    }

    @Override
    public Optional<Rejection> refusal(
            JobDefinition.Table from, JobDefinition.Table into, String column, SqlExpression expression) {
        return shadowed(from, expression).or(() -> explain(TargetStore.insert(from, into, column, expression)));
    }

    @Override
    public TargetState targetState(JobDefinition.Table into, Triggers triggers) {
        return database.jdbi().withHandle(handle -> new TargetStore(handle).state(into, triggers));
    }

    @Override
    public Optional<Rejection> refusal(JobDefinition.Table table, SqlExpression where) {
        return shadowed(table, where)
                .or(() -> explain("select from only " + table.quoted() + " as "
                        + Identifier.of(table.name()).quoted() + " where " + where.jdbcParenthesized()));
    }

    // In the statements of workers, the name would refer to a part of the statement.
    private Optional<Rejection> shadowed(JobDefinition.Table table, SqlExpression expression) {
        return database.jdbi().withHandle(handle -> handle.createQuery(SHADOWED)
                .bindArray("names", String.class, expression.names().toArray())
                .bind("table", table.name())
                .mapTo(String.class)
                .findFirst()
                .map(name -> new Rejection(
                        Kind.OTHER,
                        "the table " + Identifier.of(name) + " cannot be named here, since Backfleet's statements have"
                                + " parts of that name; give it another one, or select from a view of it")));
    }

    @Override
    public Grants missingGrants(JobDefinition.Table table, List<String> set, Set<String> names) {
        return database.jdbi().withHandle(handle -> new GrantStore(handle).missing(table, set, names));
    }

    @Override
    public Optional<Grants> missingUsage(TableName table) {
        return database.jdbi().withHandle(handle -> new GrantStore(handle).missingUsage(table));
    }

    @Override
    public List<String> withoutRows(JobDefinition.Table table, Column tenant, List<String> tenants) {
        return database.jdbi().withHandle(handle -> new TenantRowStore(handle).withoutRows(table, tenant, tenants));
    }

    @Override
    public WalkFacts walkFacts(JobDefinition job, List<JobDefinition.Table> leaves, List<String> changed) {
        return database.jdbi().withHandle(handle -> new WalkFactsStore(handle).of(job, leaves, changed));
    }

    @Override
    public long rows(List<JobDefinition.Table> leaves) {
        return Math.round(database.jdbi()
                .withHandle(handle -> TableSizes.of(handle, leaves))
                .rows());
    }

    @Override
    public Optional<Objection> objection(JobDefinition job, JobDefinition.Table leaf) {
        return database.jdbi().withHandle(handle -> {
            try {
                return new StatementTrial(handle.getConnection(), job, leaf).run();
            } catch (SQLException e) {
                throw new ConnectionException(e);
            }
        });
    }

    @Override
    public List<JobDefinition.Table> shapes(List<JobDefinition.Table> leaves) {
        if (leaves.size() <= 1) {
            return leaves;
        }
        return database.jdbi().withHandle(handle -> new LeafShapes(handle).distinct(leaves));
    }

    @Override
    public Optional<String> triggerRefusal() {
        return refusal(SUPPRESS_TRIGGERS).map(Rejection::words);
    }

    @Override
    public Duration deadlockTimeout() {
        return Duration.ofMillis(
                database.jdbi().withHandle(handle -> handle.createQuery(SessionSettings.DEADLOCK_TIMEOUT)
                        .mapTo(Long.class)
                        .one()));
    }

    @Override
    public Optional<String> updateRule(JobDefinition.Table table, Triggers triggers) {
        return database.jdbi().withHandle(handle -> new RuleStore(handle).onUpdate(table, triggers));
    }

    @Override
    public TableState tableState(PinnedSpec pinned) {
        return database.jdbi().withHandle(handle -> new StateStore(handle).table(pinned));
    }

    @Override
    public Set<String> volatileFunctions(Set<String> names) {
        return Set.copyOf(database.jdbi().withHandle(handle -> handle.createQuery(VOLATILE)
                .bindArray("names", String.class, names.toArray())
                .mapTo(String.class)
                .list()));
    }

    @Override
    public ServerState serverState() {
        return database.jdbi().withHandle(handle -> new StateStore(handle).server());
    }

    @Override
    public List<String> readInFull(PinnedSpec pinned, long pages) {
        return onFirstLeaf(pinned, trial -> trial.readInFull(pages)).orElse(List.of());
    }

    @Override
    public Optional<BatchPlan> batchPlan(PinnedSpec pinned) {
        return database.jdbi().withHandle(handle -> new BatchExplain(handle, pinned.definition()).of(pinned.leaves()));
    }

    @Override
    public Optional<Matching> matching(PinnedSpec pinned) {
        return onFirstLeaf(pinned, ExpressionTrial::matching).flatMap(matching -> matching);
    }

    private <T> Optional<T> onFirstLeaf(PinnedSpec pinned, Function<ExpressionTrial, T> question) {
        return pinned.leaves().stream().findFirst().map(leaf -> database.jdbi()
                .withHandle(handle -> question.apply(new ExpressionTrial(handle, pinned.definition(), leaf))));
    }

    /** EXPLAIN plans the statement and does not run it. */
    private Optional<Rejection> explain(String statement) {
        return refusal("explain " + statement);
    }

    /** Why PostgreSQL rejects a statement, in a transaction that cannot write and leaves nothing behind. */
    private Optional<Rejection> refusal(String statement) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read only");
            try (var asked = handle.getConnection().prepareStatement(statement)) {
                asked.execute();
                return Optional.<Rejection>empty();
            } catch (PSQLException e) {
                // A timeout says nothing about the statement.
                if (e.getServerErrorMessage() == null || PASSING.contains(String.valueOf(e.getSQLState()))) {
                    throw new ConnectionException(e);
                }
                return Optional.of(new Rejection(Kind.of(e.getSQLState()), words(e)));
            } catch (SQLException e) {
                throw new ConnectionException(e);
            } finally {
                handle.execute("rollback");
            }
        });
    }

    private static String words(PSQLException e) {
        var message = e.getServerErrorMessage();
        if (message == null) {
            return String.valueOf(e.getMessage());
        }
        return message.getMessage() + (message.getHint() == null ? "" : " (" + message.getHint() + ")");
    }
}
