package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.ACCESS_EXCLUSIVE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE_UPDATE_EXCLUSIVE;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.TableShape.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The steps of indexes, which are built concurrently. On a partitioned table, which cannot have that, each leaf gets an index first; then
 * the partitioned tables get one each that is still invalid, and those below are attached to it. The last one makes it valid.
 */
final class IndexSteps {
    private final TableShape table;

    IndexSteps(TableShape table) {
        this.table = table;
    }

    /** Builds an index. */
    Stream<Step> index(Phase phase, Element.Index element, String made) {
        return steps(new Wanted(
                phase, "index." + element.name(), element.name(), element.unique(), false, written(element), made));
    }

    /** Builds the index of a unique constraint, and makes it one. */
    Stream<Step> unique(Phase phase, Element.Unique element, String made) {
        return steps(new Wanted(phase, "unique." + element.name(), element.name(), true, true, written(element), made));
    }

    /** The definition of an index after the name of its table. */
    static String written(Element.Index index) {
        var text = new StringBuilder();
        index.using().ifPresent(method -> text.append("using ").append(method).append(' '));
        text.append('(').append(String.join(", ", index.on())).append("\n)");
        if (!index.include().isEmpty()) {
            text.append(" include (").append(Sql.names(index.include())).append(')');
        }
        index.where().ifPresent(where -> text.append(" where ").append(Sql.parenthesized(where)));
        return text.toString();
    }

    /** The same of a unique constraint. */
    static String written(Element.Unique unique) {
        return "(" + Sql.names(unique.on()) + ")";
    }

    private Stream<Step> steps(Wanted wanted) {
        if (!table.partitioned()) {
            var build = build(wanted, table.name(), wanted.name(), "");
            return wanted.constraint()
                    ? Stream.of(build, usingIndex(wanted, table.name(), wanted.name(), ".constraint"))
                    : Stream.of(build);
        }
        var steps = new ArrayList<Step>();
        leaves().forEach(leaf -> steps.addAll(ofLeaf(wanted, leaf)));
        // Of those below first: what takes back the one of the table itself then comes first, and drops those that are
        // attached.
        var inner = table.parts().stream().filter(part -> !part.leaf()).toList();
        for (var i = inner.size() - 1; i >= 0; i--) {
            steps.add(only(
                    wanted, inner.get(i).name(), nameOn(wanted, inner.get(i).name())));
        }
        steps.add(only(wanted, table.name(), wanted.name()));
        table.parts().forEach(part -> steps.add(attach(wanted, part)));
        return steps.stream();
    }

    private Stream<Part> leaves() {
        return table.parts().stream().filter(Part::leaf);
    }

    private List<Step> ofLeaf(Wanted wanted, Part leaf) {
        var name = nameOn(wanted, leaf.name());
        var steps = new ArrayList<Step>();
        steps.add(build(wanted, leaf.name(), name, ".build." + leaf.name()));
        if (wanted.constraint()) {
            steps.add(usingIndex(wanted, leaf.name(), name, ".constraint." + leaf.name()));
        }
        return steps;
    }

    private Step build(Wanted wanted, TableName on, Identifier name, String id) {
        var own = List.of(new TableLock(on, SHARE_UPDATE_EXCLUSIVE));
        var drop = "drop index concurrently if exists "
                + TableShape.qualified(on, name).quoted();
        return StepDraft.of(wanted.phase(), wanted.id() + id, "builds the index " + name + " on " + on)
                .execution(Step.Execution.CONCURRENT)
                .statements(
                        own,
                        "create " + wanted.kind() + " concurrently " + name.quoted() + " on " + on.quoted() + " "
                                + wanted.definition())
                .cleanup(drop)
                .undo(own, drop)
                .check(check(wanted, on, Checks.index(on, name, wanted.unique(), wanted.made())));
    }

    private Step usingIndex(Wanted wanted, TableName on, Identifier name, String id) {
        var locks = List.of(new TableLock(on, ACCESS_EXCLUSIVE));
        return StepDraft.of(
                        wanted.phase(),
                        wanted.id() + id,
                        "makes the index " + name + " on " + on + " a unique constraint")
                .statements(
                        locks,
                        "alter table " + on.quoted() + " add constraint " + name.quoted() + " unique using index "
                                + name.quoted())
                .undo(locks, "alter table " + on.quoted() + " drop constraint if exists " + name.quoted())
                .check(check(wanted, on, Checks.constraint(on, name, Checks.otherUnique(wanted.made()), "true")));
    }

    private Step only(Wanted wanted, TableName on, Identifier name) {
        var id = wanted.id() + ".parent" + (on.equals(table.name()) ? "" : "." + on);
        var drops = on.equals(table.name()) ? table.locks(ACCESS_EXCLUSIVE) : below(on, ACCESS_EXCLUSIVE);
        if (wanted.constraint()) {
            return StepDraft.of(wanted.phase(), id, "adds the unique constraint " + name + " to " + on + " alone")
                    .statements(
                            List.of(new TableLock(on, ACCESS_EXCLUSIVE)),
                            "alter table only " + on.quoted() + " add constraint " + name.quoted() + " unique "
                                    + wanted.definition())
                    .undo(drops, "alter table " + on.quoted() + " drop constraint if exists " + name.quoted())
                    .check(check(wanted, on, Checks.constraint(on, name, Checks.otherUnique(wanted.made()), "true")));
        }
        return StepDraft.of(wanted.phase(), id, "creates the index " + name + " on " + on + " alone, still invalid")
                .statements(
                        List.of(new TableLock(on, SHARE)),
                        "create " + wanted.kind() + " " + name.quoted() + " on only " + on.quoted() + " "
                                + wanted.definition())
                .undo(
                        drops,
                        "drop index if exists " + TableShape.qualified(on, name).quoted())
                .check(check(wanted, on, Checks.index(on, name, wanted.unique(), wanted.made())));
    }

    // Who reads or writes the partition has locks on its indexes too: the index cannot be locked before they have
    // ended.
    private Step attach(Wanted wanted, Part part) {
        var parent = part.parent().equals(table.name()) ? wanted.name() : nameOn(wanted, part.parent());
        return StepDraft.of(
                        wanted.phase(),
                        wanted.id() + ".attach." + part.name(),
                        "attaches the index of " + part.name() + " to that of " + part.parent())
                .statements(
                        List.of(
                                new TableLock(part.parent(), SHARE_UPDATE_EXCLUSIVE),
                                new TableLock(part.name(), ACCESS_EXCLUSIVE)),
                        "alter index "
                                + TableShape.qualified(part.parent(), parent).quoted() + " attach partition "
                                + TableShape.qualified(part.name(), nameOn(wanted, part.name()))
                                        .quoted())
                .check(Checks.holds(Checks.attached(part.name(), root(wanted))));
    }

    // A partition that was added later has an index already, by another name.
    private String check(Wanted wanted, TableName on, String check) {
        return on.equals(table.name()) ? check : Checks.orElse(Checks.attached(on, root(wanted)), check);
    }

    private TableName root(Wanted wanted) {
        return TableShape.qualified(table.name(), wanted.name());
    }

    private static Identifier nameOn(Wanted wanted, TableName part) {
        return Sql.derivedName(wanted.name().name(), part.name().name());
    }

    private List<TableLock> below(TableName on, LockMode mode) {
        var names = new ArrayList<>(List.of(on));
        table.parts().stream().filter(part -> names.contains(part.parent())).forEach(part -> names.add(part.name()));
        return names.stream().map(name -> new TableLock(name, mode)).toList();
    }

    /**
     * An index that is wanted.
     *
     * @param id what its steps' ids begin with, after the phase
     * @param constraint whether it is that of a unique constraint
     * @param definition what follows the table's name, as it is written
     * @param made the same as PostgreSQL shows it
     */
    private record Wanted(
            Phase phase,
            String id,
            Identifier name,
            boolean unique,
            boolean constraint,
            String definition,
            String made) {
        String kind() {
            return unique ? "unique index" : "index";
        }
    }
}
