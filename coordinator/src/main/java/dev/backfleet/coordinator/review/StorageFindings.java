package dev.backfleet.coordinator.review;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.state.RelationState;
import dev.backfleet.coordinator.pin.state.TableState.Width;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** How the table is stored, and whether vacuum keeps up with it. */
final class StorageFindings {
    private static final int LARGE_VALUE = 1_000;

    /** Autovacuum is late if there are so many times more dead rows than it begins with. */
    private static final double LATE = 2;

    private static final long MANY_DEAD_ROWS = 100_000;
    private static final double MOST_DEAD_ROWS = 1_000_000;

    /** A kept row without its values and key: the headers of row, index entry and three arrays. */
    private static final int KEPT_ROW = 150;

    /** A value of a key as text, about. */
    private static final int KEPT_KEY = 12;

    private final Subject subject;
    private final List<RelationState> leaves;
    private final List<Finding> findings = new ArrayList<>();

    private StorageFindings(Subject subject) {
        this.subject = subject;
        this.leaves = subject.leaves();
    }

    static List<Finding> of(Subject subject) {
        var all = new StorageFindings(subject);
        all.kind();
        all.vacuum();
        all.pages();
        all.kept();
        return all.findings;
    }

    /** What the server does not tell, with what there is to compare it with. */
    static Finding disk(Subject subject) {
        var leaves = subject.leaves();
        var table = leaves.stream()
                .mapToLong(leaf -> leaf.pages() + leaf.toastPages())
                .sum();
        var indexes = leaves.stream().mapToLong(RelationState::indexPages).sum();
        return Finding.of(
                FindingCode.DISK_NOT_KNOWN,
                "the free room of the disk is not known: PostgreSQL does not tell it; the table has "
                        + Subject.size(table)
                        + " and its indexes " + Subject.size(indexes)
                        + ", and until vacuum has removed old row versions, each changed row takes its room once more",
                "look at the server's disk, at pg_wal as well, before the job");
    }

    private void kind() {
        named(RelationState::unlogged)
                .ifPresent(names -> findings.add(Finding.of(
                        FindingCode.UNLOGGED,
                        names + " is unlogged: after a crash it is empty, and standbys do not have it",
                        "alter table " + subject.name() + " set logged, if its rows matter")));
        leaves.stream()
                .filter(leaf -> leaf.parent() != null)
                .findFirst()
                .ifPresent(leaf -> findings.add(Finding.of(
                        FindingCode.INHERITS,
                        leaf.name() + " inherits from " + leaf.parent() + ": only its own rows are changed")));
        if (!subject.computed().isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.GENERATED_COLUMNS,
                    "computed anew with the columns that are set: " + Subject.columns(subject.computed())));
        }
    }

    private void vacuum() {
        if (!subject.server().autovacuum()) {
            findings.add(Finding.of(
                    FindingCode.AUTOVACUUM_OFF,
                    "autovacuum is off for the whole server: the dead rows that the job leaves stay",
                    "set autovacuum and track_counts to on"));
        }
        var off = leaves.stream()
                .filter(leaf -> !leaf.autovacuum())
                .map(RelationState::name)
                .toList();
        if (!off.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.AUTOVACUUM_OFF,
                    "autovacuum is off for " + Subject.named(off) + ": the dead rows that the job leaves stay",
                    "alter table " + off.get(0)
                            + " reset (autovacuum_enabled), or vacuum it during and after the job"));
        }
        named(leaf -> !leaf.analyzed() && leaf.pages() >= Subject.LARGE_PAGES)
                .ifPresent(names -> findings.add(Finding.of(
                        FindingCode.NEVER_ANALYZED,
                        "the planner has no statistics of " + names + ": the number of rows is guessed",
                        "analyze " + subject.name())));
        named(leaf -> leaf.dead() >= MANY_DEAD_ROWS && leaf.dead() > LATE * leaf.vacuumAfter())
                .ifPresent(names -> findings.add(Finding.of(
                        FindingCode.AUTOVACUUM_LATE,
                        names + " has "
                                + HumanText.number(leaves.stream()
                                        .mapToLong(RelationState::dead)
                                        .sum()) + " dead rows, many more than those with which autovacuum begins",
                        "vacuum (verbose) " + subject.name() + " tells what is in its way")));
        leaves.stream()
                .filter(leaf -> leaf.autovacuum() && leaf.vacuumAfter() > MOST_DEAD_ROWS)
                .findFirst()
                .ifPresent(leaf -> findings.add(Finding.of(
                        FindingCode.AUTOVACUUM_THRESHOLD,
                        "autovacuum begins after about " + HumanText.number(Math.round(leaf.vacuumAfter()))
                                + " dead rows of " + leaf.name() + ", which has about "
                                + HumanText.number(Math.round(leaf.rows())) + " rows",
                        "alter table " + leaf.name()
                                + " set (autovacuum_vacuum_scale_factor = 0.01) for as long as the job runs")));
    }

    // Two rows of text, before and after, and the key twice: in the row and in the index.
    private void kept() {
        if (!subject.job().work().old().keeps()) {
            return;
        }
        var set = subject.job().work().columns();
        var values = subject.table().widths().stream()
                .filter(width -> set.contains(width.column()))
                .mapToLong(Width::bytes)
                .sum();
        var rows = leaves.stream().mapToDouble(leaf -> Math.max(0, leaf.rows())).sum();
        var row = KEPT_ROW + 2 * values + 2L * KEPT_KEY * subject.job().key().size();
        // Before the first vacuum or analyze, nobody knows how many there are.
        var counted = leaves.stream().allMatch(leaf -> leaf.rows() > 0 || leaf.pages() == 0);
        findings.add(Finding.of(
                FindingCode.KEEPS_OLD_VALUES,
                "the old values of each changed row are kept in backfleet.kept_row: about "
                        + HumanText.number(row) + " bytes a row"
                        + (counted
                                ? ", at most " + Subject.bytes(Math.round(rows * row)) + " if all of about "
                                        + HumanText.number(Math.round(rows)) + " rows are changed"
                                : ""),
                "'backfleet undo JOB --drop' removes them"));
    }

    // A column in an index prevents HOT updates, whatever room there is.
    private void pages() {
        subject.table()
                .indexed()
                .forEach(one -> findings.add(Finding.of(
                        FindingCode.COLUMN_INDEXED,
                        "the column " + Identifier.of(one.column()) + " is in the index"
                                + (one.indexes().size() == 1 ? " " : "es ") + Subject.named(one.indexes())
                                + ": each changed row gets new entries in all indexes of the table (no HOT update)",
                        "an index that is not needed meanwhile can be created after the job")));
        leaves.stream()
                .filter(leaf -> subject.table().indexed().isEmpty())
                .filter(leaf -> leaf.fillfactor() >= 100 && leaf.pages() >= Subject.LARGE_PAGES)
                .findFirst()
                .ifPresent(
                        leaf -> findings.add(
                                Finding.of(
                                        FindingCode.PAGES_FULL,
                                        "the pages of " + leaf.name()
                                                + " are filled to 100 %: few updates find room on the page of their row (HOT) before vacuum has been there")));
        var large = subject.table().widths().stream()
                .filter(width -> width.bytes() >= LARGE_VALUE)
                .toList();
        if (!large.isEmpty()) {
            findings.add(Finding.of(
                    FindingCode.LARGE_VALUES,
                    "large values now: "
                            + Subject.columns(large.stream().map(Width::column).toList()) + ", "
                            + HumanText.number(
                                    large.stream().mapToInt(Width::bytes).max().orElse(0)) + " bytes on average",
                    "limit rate.wal-bytes-per-second, if the new values are as large"));
        }
        if (subject.pages() * 8_192.0 > subject.server().maxWal() && subject.pages() >= Subject.LARGE_PAGES) {
            findings.add(Finding.of(
                    FindingCode.CHECKPOINTS,
                    "the table has " + Subject.size(subject.pages()) + ", and max_wal_size is "
                            + Subject.bytes(subject.server().maxWal())
                            + ": at full speed, checkpoints follow each other quickly",
                    "a larger max_wal_size for as long as the job runs, or a limit for rate.wal-bytes-per-second"));
        }
    }

    private Optional<String> named(Predicate<RelationState> which) {
        var names = leaves.stream().filter(which).map(RelationState::name).toList();
        return names.isEmpty() ? Optional.empty() : Optional.of(Subject.named(names));
    }
}
