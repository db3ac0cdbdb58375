package dev.backfleet.coordinator.pin;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.pin.TableFacts.Column;

/** Checks whether a job can scan a key: its values can be sent as text, and the job does not change them. */
final class KeyChecks {
    private final SpecLocations places;
    private final String keyPath;
    private final TableFacts table;
    private final ScanKey scan;

    /**
     * The checks of one key.
     *
     * @param keyPath the path in the spec that names the key
     */
    KeyChecks(SpecLocations places, String keyPath, TableFacts table, ScanKey scan) {
        this.places = places;
        this.keyPath = keyPath;
        this.table = table;
        this.scan = scan;
    }

    /** The problem that a column's NOT NULL constraint is not validated. */
    static SpecException canBeNull(SpecLocations places, String path, String column) {
        return places.problem(
                path,
                "the column " + Identifier.of(column) + " can still be NULL: its NOT NULL constraint is NOT VALID",
                "validate the constraint (alter table … validate constraint …), and submit again");
    }

    /** Refuses a key whose text does not read back as an equal value. */
    void refuseUnreadable(Catalog catalog) {
        for (var name : scan.columns()) {
            var column = table.column(name).orElseThrow();
            if (column.unreadable() != null) {
                throw unreadable(
                        "the key column " + Identifier.of(name) + " cannot be scanned: " + column.unreadable());
            }
        }
        catalog.unreadable(table, scan.key(table)).ifPresent(why -> {
            throw unreadable(why);
        });
    }

    private SpecException unreadable(String why) {
        return places.problem(keyPath, why, "name another unique NOT NULL index under key");
    }

    /** Refuses to set a column if that moves a row in the key, or into another partition. */
    void refuseMoves(String path, Column set) {
        if (scan.columns().contains(set.name())) {
            throw places.problem(path, "it is part of the key", "a job cannot change the columns of its key");
        }
        if (table.partitionColumns().contains(set.name())) {
            throw places.problem(
                    path, "it determines the partition of a row", "a job cannot move rows between partitions");
        }
        table.columns().stream()
                .filter(column -> column.computedFrom().contains(set.name()))
                .forEach(column -> refuseComputed(path, set, column));
    }

    private void refuseComputed(String path, Column set, Column computed) {
        var name = Identifier.of(computed.name());
        if (scan.columns().contains(computed.name())) {
            throw places.problem(
                    path,
                    "the key column " + name + " is computed from " + Identifier.of(set.name()),
                    "a job cannot change the columns of its key; name another key");
        }
        if (table.partitionColumns().contains(computed.name())) {
            throw places.problem(
                    path,
                    "the column " + name + ", which is computed from it, determines the partition of a row",
                    "a job cannot move rows between partitions");
        }
    }
}
