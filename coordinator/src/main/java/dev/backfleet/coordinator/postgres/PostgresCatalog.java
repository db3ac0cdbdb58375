package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.TableFacts;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TableFacts.Index;
import dev.backfleet.coordinator.pin.TableFacts.Kind;
import dev.backfleet.coordinator.pin.TableFacts.Leaf;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.postgresql.util.PSQLException;

/** The database's own catalog. */
public final class PostgresCatalog implements Catalog {

    private static final String RELATION = """
            select c.oid::bigint as oid, n.nspname, c.relname,
                   case when n.nspname = 'backfleet' then 'CONTROL'
                        when c.relpersistence = 't' then 'TEMPORARY'
                        when c.relkind = 'r' and exists (select from pg_inherits i where i.inhparent = c.oid) then 'INHERITED'
                        when c.relkind in ('r', 'p') then 'TABLE'
                        when c.relkind = 'v' then 'VIEW'
                        when c.relkind = 'm' then 'MATERIALIZED_VIEW'
                        when c.relkind = 'f' then 'FOREIGN_TABLE'
                        else 'OTHER' end as kind
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = to_regclass(:name)
            """;

    private static final String COLUMNS = """
            select attname, attnum, format_type(atttypid, atttypmod) as type, attnotnull, attgenerated <> '' as generated
            from pg_attribute where attrelid = :oid::oid and attnum > 0 and not attisdropped order by attnum
            """;

    // Plain order: each column's own default comparison and collation, and all ascending or all descending.
    private static final String INDEXES = """
            select c.relname, i.indisprimary, i.indisunique and i.indimmediate as is_unique,
                   array(select a.attname::text from unnest(i.indkey) with ordinality k (number, place)
                         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                         where k.place <= i.indnkeyatts order by k.place) as columns,
                   (select bool_and(o.opcdefault and a.attcollation = coll.oid)
                       and (bool_and(opt.bits = 0) or bool_and(opt.bits = 3))
                    from unnest(i.indkey) with ordinality k (number, place)
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                    join unnest(i.indclass) with ordinality cl (oid, place) on cl.place = k.place
                    join pg_opclass o on o.oid = cl.oid
                    join unnest(i.indcollation) with ordinality coll (oid, place) on coll.place = k.place
                    join unnest(i.indoption) with ordinality opt (bits, place) on opt.place = k.place
                    where k.place <= i.indnkeyatts) as plain_order
            from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
            where i.indrelid = :oid::oid and m.amname = 'btree' and i.indisvalid and i.indisready
              and i.indpred is null and i.indexprs is null
            order by i.indisprimary desc, c.relname
            """;

    private static final String LEAVES = """
            select t.relid::oid::bigint as oid, n.nspname, c.relname, c.relkind = 'r' as ordinary
            from pg_partition_tree(:oid::oid::regclass) t
            join pg_class c on c.oid = t.relid join pg_namespace n on n.oid = c.relnamespace
            where t.isleaf
            union all
            select c.oid::bigint, n.nspname, c.relname, true
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.oid = :oid::oid and c.relkind = 'r' and not c.relispartition
            order by nspname, relname
            """;

    private static final String PARTITION_COLUMNS = """
            select distinct a.attname::text
            from pg_partition_tree(:oid::oid::regclass) t
            join pg_partitioned_table p on p.partrelid = t.relid
            join unnest(p.partattrs) k (number) on true
            join pg_attribute a on a.attrelid = t.relid and a.attnum = k.number
            """;

    private static final String SUPPRESS_TRIGGERS =
            "select pg_catalog.set_config('session_replication_role', 'replica', true)";

    private final Database database;

    /** Creates it. */
    public PostgresCatalog(Database database) {
        this.database = database;
    }

    @Override
    public Optional<TableFacts> table(TableName name) {
        return database.jdbi().withHandle(handle -> handle.createQuery(RELATION)
                .bind("name", name.quoted())
                .map((row, context) -> facts(handle, table(row), Kind.valueOf(row.getString("kind"))))
                .findOne());
    }

    @Override
    public Optional<String> refusal(JobDefinition.Table table, String column, SqlExpression expression) {
        return explain("update only " + TableNames.quoted(table) + " as "
                + Identifier.of(table.name()).quoted() + " set "
                + Identifier.of(column).quoted() + " = " + expression.jdbcParenthesized());
    }

    @Override
    public Optional<String> refusal(JobDefinition.Table table, SqlExpression where) {
        return explain("select from only " + TableNames.quoted(table) + " as "
                + Identifier.of(table.name()).quoted() + " where " + where.jdbcParenthesized());
    }

    @Override
    public Optional<String> triggerRefusal() {
        return refusal(SUPPRESS_TRIGGERS);
    }

    @Override
    public Duration deadlockTimeout() {
        return Duration.ofMillis(
                database.jdbi().withHandle(handle -> handle.createQuery(SessionSettings.DEADLOCK_TIMEOUT)
                        .mapTo(Long.class)
                        .one()));
    }

    /** EXPLAIN plans and does not run. */
    private Optional<String> explain(String statement) {
        return refusal("explain " + statement);
    }

    /** Why PostgreSQL refuses a statement, in a transaction that cannot write and leaves nothing behind. */
    private Optional<String> refusal(String statement) {
        return database.jdbi().withHandle(handle -> {
            handle.execute("start transaction read only");
            try (var asked = handle.getConnection().prepareStatement(statement)) {
                asked.execute();
                return Optional.<String>empty();
            } catch (PSQLException e) {
                if (e.getServerErrorMessage() == null) {
                    throw new ConnectionException(e);
                }
                return Optional.of(words(e));
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

    private static TableFacts facts(Handle handle, JobDefinition.Table table, Kind kind) {
        return new TableFacts(
                table,
                kind,
                handle.createQuery(COLUMNS)
                        .bind("oid", table.oid())
                        .map((row, c) -> column(row))
                        .list(),
                handle.createQuery(INDEXES)
                        .bind("oid", table.oid())
                        .map((row, c) -> index(row))
                        .list(),
                kind == Kind.TABLE ? leaves(handle, table) : List.of(),
                partitionColumns(handle, table));
    }

    private static List<Leaf> leaves(Handle handle, JobDefinition.Table table) {
        return handle.createQuery(LEAVES)
                .bind("oid", table.oid())
                .map((row, c) -> new Leaf(table(row), row.getBoolean("ordinary")))
                .list();
    }

    private static Set<String> partitionColumns(Handle handle, JobDefinition.Table table) {
        return new HashSet<>(handle.createQuery(PARTITION_COLUMNS)
                .bind("oid", table.oid())
                .mapTo(String.class)
                .list());
    }

    private static JobDefinition.Table table(ResultSet row) throws SQLException {
        return new JobDefinition.Table(row.getLong("oid"), row.getString("nspname"), row.getString("relname"));
    }

    private static Column column(ResultSet row) throws SQLException {
        return new Column(
                row.getString("attname"),
                row.getInt("attnum"),
                row.getString("type"),
                row.getBoolean("attnotnull"),
                row.getBoolean("generated"));
    }

    private static Index index(ResultSet row) throws SQLException {
        Array columns = row.getArray("columns");
        return new Index(
                row.getString("relname"),
                List.of((String[]) columns.getArray()),
                row.getBoolean("indisprimary"),
                row.getBoolean("is_unique"),
                row.getBoolean("plain_order"));
    }
}
