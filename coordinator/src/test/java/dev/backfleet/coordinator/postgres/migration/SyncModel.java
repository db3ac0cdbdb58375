package dev.backfleet.coordinator.postgres.migration;

import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a table of two shapes holds after any writes, by the laws of the sync: who writes the old shape has the new one filled, who writes
 * the new shape has the old one kept up, who writes both is left alone, and any write fills a row that has only the old shape.
 */
final class SyncModel {
    final TreeMap<Integer, Row> rows = new TreeMap<>();
    private final boolean twoWay;
    private final boolean leave;

    SyncModel(boolean twoWay, boolean leave) {
        this.twoWay = twoWay;
        this.leave = leave;
    }

    SyncModel copy() {
        var copy = new SyncModel(twoWay, leave);
        copy.rows.putAll(rows);
        return copy;
    }

    /** A row: the old shape (full, doc), the new one (first, last, note), and columns that belong to neither. */
    record Row(
            @Nullable String full,
            @Nullable String doc,
            @Nullable String first,
            @Nullable String last,
            @Nullable String note,
            @Nullable String nick,
            int k,
            int other) {
        static final Row EMPTY = new Row(null, null, null, null, null, null, 0, 0);

        Row old(@Nullable String newFull, @Nullable String newDoc) {
            return new Row(newFull, newDoc, first, last, note, nick, k, other);
        }

        Row fresh(@Nullable String newFirst, @Nullable String newLast, @Nullable String newNote) {
            return new Row(full, doc, newFirst, newLast, newNote, nick, k, other);
        }

        Row nick(String value) {
            return new Row(full, doc, first, last, note, value, k, other);
        }

        Row k(int value) {
            return new Row(full, doc, first, last, note, nick, value, other);
        }

        Row other(int value) {
            return new Row(full, doc, first, last, note, nick, k, value);
        }

        boolean hasOld() {
            return full != null || doc != null;
        }

        boolean hasNew() {
            return first != null || last != null || note != null;
        }

        boolean sameOld(Row that) {
            return Objects.equals(full, that.full) && Objects.equals(doc, that.doc);
        }

        boolean sameNew(Row that) {
            return Objects.equals(first, that.first)
                    && Objects.equals(last, that.last)
                    && Objects.equals(note, that.note);
        }
    }

    /** What an expression that fails raises. */
    static final class Raised extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** What is stored of a row that is inserted. */
    Row inserted(Row written) throws Raised {
        var row = trimmed(written);
        return attempt(row, () -> {
            if (row.hasNew()) {
                return row.hasOld() || !twoWay ? row : down(row);
            }
            return up(row);
        });
    }

    /** What is stored of a row that is updated. */
    Row updated(Row before, Row written) throws Raised {
        var named =
                Objects.equals(before.nick(), written.nick()) ? written : written.old(written.nick(), written.doc());
        var row = trimmed(named);
        return attempt(row, () -> {
            if (!row.sameNew(before)) {
                return row.sameOld(before) && twoWay ? down(filled(before, row)) : row;
            }
            return row.sameOld(before) && before.hasNew() ? row : up(row);
        });
    }

    /** What is stored of a row that a transaction updates in which the sync does not fire. */
    Row unsynced(Row written) {
        return trimmed(written);
    }

    // What was not written comes from the old shape, if the row had only that.
    private static Row filled(Row before, Row row) throws Raised {
        if (before.hasNew()) {
            return row;
        }
        return row.fresh(
                Objects.equals(before.first(), row.first()) ? upFirst(row.full()) : row.first(),
                Objects.equals(before.last(), row.last()) ? upLast(row.full()) : row.last(),
                Objects.equals(before.note(), row.note()) ? row.doc() : row.note());
    }

    static Row up(Row row) throws Raised {
        return row.fresh(upFirst(row.full()), upLast(row.full()), row.doc());
    }

    private static @Nullable String upFirst(@Nullable String full) {
        return full == null ? null : full.split(" ", 2)[0];
    }

    private static @Nullable String upLast(@Nullable String full) throws Raised {
        if (full == null) {
            return null;
        }
        if (full.contains("!")) {
            throw new Raised();
        }
        return full.contains(" ") ? full.substring(full.indexOf(' ') + 1).replaceFirst("^ +", "") : "";
    }

    private static Row down(Row row) throws Raised {
        if (row.first() != null && row.first().contains("!")) {
            throw new Raised();
        }
        var last = row.last() == null || row.last().isEmpty() ? null : row.last();
        var full = row.first() == null ? (last == null ? "" : last) : row.first() + (last == null ? "" : " " + last);
        return row.old(full, row.note());
    }

    // A trigger of the application.
    private static Row trimmed(Row row) {
        return row.full() == null ? row : row.old(row.full().replaceAll("^ +| +$", ""), row.doc());
    }

    private Row attempt(Row row, Change change) throws Raised {
        try {
            return change.run();
        } catch (Raised e) {
            if (leave) {
                return row;
            }
            throw e;
        }
    }

    private interface Change {
        Row run() throws Raised;
    }
}
