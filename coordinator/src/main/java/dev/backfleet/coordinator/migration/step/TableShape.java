package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.sync.CopiedTable;
import dev.backfleet.coordinator.migration.sync.CopySync;
import dev.backfleet.coordinator.migration.sync.Sync;
import dev.backfleet.coordinator.migration.sync.SyncFunction;
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
 * @param into the table that takes copies of its rows; empty: the new shape is in this one, or that table is not there yet
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
        Map<TableName, Referred> referred,
        Optional<TableShape> into) {

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
     * @param types of the new columns, as far as they are known
     * @param elements of indexes, conditions, defaults and statistics
     * @param sync of the triggers
     * @param rejections of those that it rejects
     */
    public record Definitions(
            Map<Identifier, Type> types, Map<Element, String> elements, SyncShape sync, List<StepRefusal> rejections) {
        public static final Definitions NONE = new Definitions(Map.of(), Map.of(), SyncShape.NONE, List.of());

        public Definitions {
            types = Map.copyOf(types);
            elements = Map.copyOf(elements);
            rejections = List.copyOf(rejections);
        }

        /** The same with another sync, and with what is rejected of that. */
        public Definitions with(SyncShape other, List<StepRefusal> more) {
            return new Definitions(
                    types,
                    elements,
                    other,
                    Stream.concat(rejections.stream(), more.stream()).toList());
        }
    }

    /**
     * What PostgreSQL makes of the sync.
     *
     * @param triggers what {@code pg_get_triggerdef} shows between the name of the table and that of the function, by their names
     * @param defaults of the columns of both shapes, as {@link SyncTable} has them
     * @param composite of the columns of both shapes, as {@link SyncTable} has them
     * @param settings of the function, as {@link SyncTable} has them
     * @param copied the table, if the new shape is in another one
     */
    public record SyncShape(
            Map<Identifier, String> triggers,
            Map<Identifier, String> defaults,
            Set<Identifier> composite,
            Map<String, String> settings,
            Optional<CopiedTable> copied) {
        public static final SyncShape NONE = new SyncShape(Map.of(), Map.of(), Set.of(), Map.of(), Optional.empty());

        public SyncShape {
            triggers = Map.copyOf(triggers);
            defaults = Map.copyOf(defaults);
            composite = Set.copyOf(composite);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }

        /** That of copies. */
        public static SyncShape ofCopies(CopiedTable copied, Map<Identifier, String> triggers) {
            return new SyncShape(triggers, Map.of(), Set.of(), Map.of(), Optional.of(copied));
        }
    }

    /**
     * A type of a column.
     *
     * @param text as {@code format_type} writes it
     * @param collation as the type regcollation writes it; empty: the type has none
     */
    public record Type(String text, String collation) {
        /** As the definition of a column writes it. */
        public String written() {
            return collation.isEmpty() ? text : text + " collate " + collation;
        }
    }

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

    /**
     * The columns that it does not have yet and a migration adds, by the types that their definitions write; without those whose type is
     * not known yet.
     */
    public Map<Identifier, String> added(Migration migration) {
        var added = new LinkedHashMap<Identifier, String>();
        migration.newColumns().stream().filter(name -> column(name).isEmpty()).forEach(name -> {
            var own = migration.to().get(name);
            var type = made.types().get(name);
            if (own != null) {
                added.put(name, own.type());
            } else if (type != null) {
                added.put(name, type.written());
            }
        });
        return added;
    }

    /** Whether it has all columns that a migration adds. */
    public boolean isExpanded(Migration migration) {
        return migration.newColumns().stream().allMatch(name -> column(name).isPresent());
    }

    /** Whether the table that takes the copies of a migration is there, if it copies. */
    public boolean knowsCopies(Migration migration) {
        return migration.copy().isEmpty() || into.isPresent();
    }

    /** What keeps both shapes of a migration the same; empty: it cannot be written, since the table of the copies is not there. */
    public Optional<Sync> sync(Migration migration) {
        return migration.copy().isEmpty()
                ? Optional.of(new SyncFunction(migration, synced(migration)))
                : made.sync().copied().map(copied -> new CopySync(migration, copied));
    }

    /** The same facts with others that PostgreSQL makes of the definitions. */
    public TableShape with(Definitions others) {
        return new TableShape(oid, name, kind, serverVersion, parts, partitionKey, columns, others, referred, into);
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
