package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.sync.SyncTable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The facts about a table on which the steps of a migration depend.
 *
 * @param oid its OID
 * @param name its name, with its schema
 * @param kind what it is
 * @param serverVersion as {@code server_version_num} has it, such as {@code 180001}
 * @param parts its partitions, each after the one that it belongs to
 * @param partitionKey the columns on which its partitioning depends, that of its partitions included
 * @param columns its columns, in their order
 * @param made what PostgreSQL makes of the migration's definitions
 * @param referred the tables that foreign keys of the migration refer to, by the name that is written there
 */
public record TableShape(
        long oid,
        TableName name,
        Kind kind,
        int serverVersion,
        List<Part> parts,
        Set<Identifier> partitionKey,
        List<ColumnShape> columns,
        Definitions made,
        Map<TableName, Referred> referred) {

    /** The first version that knows NOT NULL as a constraint that is validated later. */
    private static final int KNOWS_NOT_NULL_CONSTRAINTS = 180000;

    public TableShape {
        parts = List.copyOf(parts);
        partitionKey = Set.copyOf(partitionKey);
        columns = List.copyOf(columns);
        referred = Map.copyOf(referred);
    }

    /** What a relation is. */
    public enum Kind {
        TABLE,
        PARTITIONED,
        /** It belongs to a partitioned table. */
        PARTITION,
        /** It inherits from a table, or a table inherits from it. */
        INHERITED,
        /** It is no permanent table: a view, a foreign or temporary table, a sequence. */
        OTHER
    }

    /**
     * A partition.
     *
     * @param name its name, with its schema
     * @param parent the partitioned table that it belongs to
     * @param leaf whether it has no partitions itself
     * @param ordinary whether it is stored here: no foreign table
     */
    public record Part(TableName name, TableName parent, boolean leaf, boolean ordinary) {}

    /**
     * A table that a foreign key refers to.
     *
     * @param name its name, with its schema
     * @param parts its partitions
     */
    public record Referred(TableName name, List<TableName> parts) {}

    /**
     * What PostgreSQL makes of the definitions in a migration's file: the same text as it shows of what exists.
     *
     * @param types of the new columns
     * @param elements of indexes, conditions, defaults and statistics
     * @param sync of the triggers
     * @param rejections of those that it rejects
     */
    public record Definitions(
            Map<Identifier, Type> types, Map<Element, String> elements, Sync sync, List<StepRefusal> rejections) {
        public static final Definitions NONE = new Definitions(Map.of(), Map.of(), Sync.NONE, List.of());

        public Definitions {
            types = Map.copyOf(types);
            elements = Map.copyOf(elements);
            rejections = List.copyOf(rejections);
        }
    }

    /**
     * What PostgreSQL makes of the sync.
     *
     * @param insertTrigger what {@code pg_get_triggerdef} shows between the name of the table and that of the function
     * @param updateTrigger the same
     * @param defaults of the columns of both shapes, as {@link SyncTable} has them
     * @param composite of the columns of both shapes, as {@link SyncTable} has them
     * @param settings of the function, as {@link SyncTable} has them
     */
    public record Sync(
            String insertTrigger,
            String updateTrigger,
            Map<Identifier, String> defaults,
            Set<Identifier> composite,
            Map<String, String> settings) {
        public static final Sync NONE = new Sync("", "", Map.of(), Set.of(), Map.of());

        public Sync {
            defaults = Map.copyOf(defaults);
            composite = Set.copyOf(composite);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /**
     * A type of a column.
     *
     * @param text as {@code format_type} writes it
     * @param collation as the type regcollation writes it; empty: the type has none
     */
    public record Type(String text, String collation) {}

    /** A column by its name. */
    public Optional<ColumnShape> column(Identifier column) {
        return columns.stream().filter(c -> c.name().equals(column)).findFirst();
    }

    public boolean partitioned() {
        return kind == Kind.PARTITIONED;
    }

    /** Whether NOT NULL can be a constraint that is validated later. */
    boolean knowsNotNullConstraints() {
        return serverVersion >= KNOWS_NOT_NULL_CONSTRAINTS;
    }

    /** The same lock on the table and all its partitions, as ALTER TABLE takes it. */
    List<TableLock> locks(LockMode mode) {
        return Stream.concat(Stream.of(name), parts.stream().map(Part::name))
                .map(table -> new TableLock(table, mode))
                .toList();
    }

    /** A lock on the table alone. */
    List<TableLock> ownLock(LockMode mode) {
        return List.of(new TableLock(name, mode));
    }

    /** The same for the sync of a migration, of which it has the new columns already or not. */
    public SyncTable synced(Migration migration) {
        return new SyncTable(
                name,
                Stream.concat(columns.stream().map(ColumnShape::name), migration.to().keySet().stream())
                        .distinct()
                        .toList(),
                made.sync().defaults(),
                made.sync().composite(),
                made.sync().settings());
    }

    /** The schema of the table, written before a name of something in it. */
    String inSchema(Identifier thing) {
        return qualified(name, thing).quoted();
    }

    /** Something in the schema of a table. */
    static TableName qualified(TableName table, Identifier thing) {
        return new TableName(table.schema(), thing);
    }
}
