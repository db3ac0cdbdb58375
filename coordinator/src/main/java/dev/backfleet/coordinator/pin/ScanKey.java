package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.KeyOperators;
import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import dev.backfleet.coordinator.pin.TableFacts.Index;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Chooses the key columns that a job scans, in the order of an index.
 *
 * @param columns the columns in the order of the scan
 * @param operators with which the index compares each of them
 * @param tenantLed whether the first of them is the tenant
 */
record ScanKey(List<String> columns, List<KeyOperators> operators, boolean tenantLed) {

    /** The primary key, or the unique NOT NULL index over exactly the columns that the spec names. */
    static Optional<Index> identifying(TableFacts table, Optional<List<String>> wanted) {
        return table.indexes().stream()
                .filter(index -> index.plainOrder() && isMeant(index, wanted) && notNull(table, index.columns()))
                .min((a, b) -> Boolean.compare(b.primary(), a.primary()));
    }

    /** The columns whose NOT NULL constraint is not validated, and which alone prevent the use of the key. */
    static List<String> notNullInNameOnly(TableFacts table, Optional<List<String>> wanted) {
        return table.indexes().stream()
                .filter(index -> index.plainOrder() && isMeant(index, wanted))
                .map(index -> index.columns().stream()
                        .map(name -> table.column(name).orElseThrow())
                        .filter(column -> !column.notNull())
                        .toList())
                .filter(columns -> columns.stream().allMatch(Column::saysNotNull))
                .findFirst()
                .map(columns -> columns.stream().map(Column::name).toList())
                .orElse(List.of());
    }

    private static boolean isMeant(Index index, Optional<List<String>> wanted) {
        return index.unique()
                && wanted.map(columns -> sameSet(index.columns(), columns)).orElse(index.primary());
    }

    /** The scan in the key's own order. */
    static ScanKey over(Index key) {
        return new ScanKey(key.columns(), key.operators(), false);
    }

    /** The scan of one tenant after the other; nothing if no index supports it. */
    static Optional<ScanKey> tenantFirst(TableFacts table, Index key, String tenant) {
        var all = new HashSet<>(key.columns());
        all.add(tenant);
        return table.indexes().stream()
                .filter(Index::plainOrder)
                .filter(index -> index.columns().size() >= all.size()
                        && index.columns().get(0).equals(tenant)
                        && all.equals(new HashSet<>(index.columns().subList(0, all.size()))))
                .findFirst()
                .map(index -> new ScanKey(
                        index.columns().subList(0, all.size()),
                        index.operators().subList(0, all.size()),
                        true));
    }

    private static boolean notNull(TableFacts table, List<String> columns) {
        return columns.stream()
                .allMatch(name -> table.column(name).orElseThrow().notNull());
    }

    private static boolean sameSet(List<String> a, List<String> b) {
        return a.size() == b.size() && new HashSet<>(a).equals(new HashSet<>(b));
    }

    /** The key as it is stored with the job. */
    List<KeyColumn> key(TableFacts table) {
        var key = new ArrayList<KeyColumn>();
        for (var i = 0; i < columns.size(); i++) {
            var column = table.column(columns.get(i)).orElseThrow();
            var own = new KeyColumn(column.name(), column.number(), column.type());
            // Left out if they are the default: workers of the previous release read such a key.
            key.add(
                    own.ownType() && isUsual(operators.get(i))
                            ? own
                            : new KeyColumn(column.name(), column.number(), column.type(), operators.get(i)));
        }
        return key;
    }

    private static boolean isUsual(KeyOperators operators) {
        return Stream.of(Comparison.values())
                .allMatch(c -> operators.of(c).equals("operator(\"pg_catalog\"." + c.symbol() + ")"));
    }
}
