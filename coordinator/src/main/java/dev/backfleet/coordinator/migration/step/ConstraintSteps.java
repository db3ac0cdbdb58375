package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.ACCESS_EXCLUSIVE;
import static dev.backfleet.coordinator.ddl.LockMode.ROW_SHARE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE_ROW_EXCLUSIVE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE_UPDATE_EXCLUSIVE;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.ddl.TableLock;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import dev.backfleet.coordinator.migration.step.TableShape.Referred;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The steps of constraints that are added at once and validated afterwards. */
final class ConstraintSteps {

    /** What {@code confdeltype} has for an action, as SQL writes it. */
    static final Map<String, Character> ACTIONS =
            Map.of("no action", 'a', "restrict", 'r', "cascade", 'c', "set null", 'n', "set default", 'd');

    private final TableShape table;
    private final String alter;

    ConstraintSteps(TableShape table) {
        this.table = table;
        this.alter = "alter table " + table.name().quoted();
    }

    /** Adds a check. */
    Stream<Step> check(Phase phase, Element.Check element, String made) {
        return constraint(
                phase,
                "check." + element.name(),
                element.name(),
                "check " + Sql.parenthesized(element.condition()),
                Checks.otherCondition(made),
                new Locks(
                        table.locks(ACCESS_EXCLUSIVE),
                        table.locks(SHARE_UPDATE_EXCLUSIVE),
                        table.locks(ACCESS_EXCLUSIVE)));
    }

    /** Adds a foreign key. */
    Stream<Step> foreignKey(Phase phase, Element.ForeignKey element) {
        var referred = Objects.requireNonNull(table.referred().get(element.table()), "the referred table");
        var action = element.onDelete().map(ConstraintSteps::action).orElse("no action");
        var columns = element.referred().isEmpty() ? "" : " (" + Sql.names(element.referred()) + ")";
        return constraint(
                phase,
                "foreign-key." + element.name(),
                element.name(),
                "foreign key (" + Sql.names(element.columns()) + ") references "
                        + referred.name().quoted() + columns
                        + (element.onDelete().isEmpty() ? "" : " on delete " + action),
                Checks.otherKey(
                        element.columns(),
                        referred.name(),
                        element.referred(),
                        Objects.requireNonNull(ACTIONS.get(action), action)),
                new Locks(
                        both(SHARE_ROW_EXCLUSIVE, referred, SHARE_ROW_EXCLUSIVE),
                        both(SHARE_UPDATE_EXCLUSIVE, referred, ROW_SHARE),
                        both(ACCESS_EXCLUSIVE, referred, ACCESS_EXCLUSIVE)));
    }

    /** An action as it is compared: in small letters, with single blanks. */
    static String action(String written) {
        return written.trim().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }

    private List<TableLock> both(LockMode own, Referred referred, LockMode other) {
        var theirs = Stream.concat(Stream.of(referred.name()), referred.parts().stream())
                .filter(name -> !name.equals(table.name()))
                .map(name -> new TableLock(name, other));
        return Stream.concat(theirs, table.locks(own).stream()).toList();
    }

    private Stream<Step> constraint(
            Phase phase, String id, Identifier name, String definition, String other, Locks locks) {
        return Stream.of(
                StepDraft.of(phase, id + ".add", "adds the constraint " + name + " for what is written from now on")
                        .statements(
                                locks.add(),
                                alter + " add constraint " + name.quoted() + " " + definition + " not valid")
                        .undo(locks.drop(), alter + " drop constraint if exists " + name.quoted())
                        .check(Checks.constraint(table.name(), name, other, "true")),
                StepDraft.of(phase, id + ".validate", "validates the constraint " + name + " for all rows")
                        .execution(Step.Execution.SCAN)
                        .statements(locks.validate(), alter + " validate constraint " + name.quoted())
                        .check(Checks.constraint(table.name(), name, other, "k.convalidated")));
    }

    private record Locks(List<TableLock> add, List<TableLock> validate, List<TableLock> drop) {}
}
