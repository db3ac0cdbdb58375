package dev.backfleet.coordinator.pin;

import dev.backfleet.coordinator.pin.TableFacts.Index;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the columns that a job walks, in the order of an index that supports the walk.
 *
 * @param columns the columns in the order of the walk
 * @param tenantLed whether the first of them is the tenant
 */
record WalkedKey(List<String> columns, boolean tenantLed) {

    /** The primary key, or the unique NOT NULL index over exactly the columns that the spec names. */
    static Optional<Index> identifying(TableFacts table, Optional<List<String>> wanted) {
        return table.indexes().stream()
                .filter(index -> index.unique() && index.plainOrder() && notNull(table, index.columns()))
                .filter(index ->
                        wanted.map(columns -> sameSet(index.columns(), columns)).orElse(index.primary()))
                .min((a, b) -> Boolean.compare(b.primary(), a.primary()));
    }

    /** The walk over the key's own order. */
    static WalkedKey over(Index key) {
        return new WalkedKey(key.columns(), false);
    }

    /** The walk that visits one tenant after the other; nothing if no index supports it. */
    static Optional<WalkedKey> tenantFirst(TableFacts table, Index key, String tenant) {
        var all = new HashSet<>(key.columns());
        all.add(tenant);
        return table.indexes().stream()
                .filter(Index::plainOrder)
                .filter(index -> index.columns().size() >= all.size()
                        && index.columns().get(0).equals(tenant)
                        && all.equals(new HashSet<>(index.columns().subList(0, all.size()))))
                .findFirst()
                .map(index -> new WalkedKey(index.columns().subList(0, all.size()), true));
    }

    private static boolean notNull(TableFacts table, List<String> columns) {
        return columns.stream()
                .allMatch(name -> table.column(name).orElseThrow().notNull());
    }

    private static boolean sameSet(List<String> a, List<String> b) {
        return a.size() == b.size() && new HashSet<>(a).equals(new HashSet<>(b));
    }
}
