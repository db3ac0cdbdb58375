package dev.backfleet.coordinator.migration.step;

import static dev.backfleet.coordinator.ddl.LockMode.ACCESS_EXCLUSIVE;
import static dev.backfleet.coordinator.ddl.LockMode.SHARE_UPDATE_EXCLUSIVE;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.step.ColumnShape.Grant;
import dev.backfleet.coordinator.migration.step.Step.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The steps that add columns and grants, and those that change a column without reading rows. */
final class ColumnSteps {

    private static final String GRANTED = """
            select case when bool_and(exists (
                select from pg_catalog.pg_attribute a cross join pg_catalog.aclexplode(a.attacl) x
                left join pg_catalog.pg_roles r on r.oid = x.grantee
                where a.attrelid = %1$s::pg_catalog.regclass and a.attname = %2$s and not a.attisdropped
                  and coalesce(r.rolname::text, '') = w.grantee and x.privilege_type = w.privilege
                  and (x.is_grantable or not w.grantable))) then 'done' else 'open' end
            from (values %3$s) w (grantee, privilege, grantable)""";

    private static final String DEFAULT = """
            select case when d.oid is null then 'open'
              when pg_catalog.pg_get_expr(d.adbin, d.adrelid) = %3$s then 'done'
              else %4$s || ' has the default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) end
            from pg_catalog.pg_attribute a
            left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            where a.attrelid = %1$s::pg_catalog.regclass and a.attname = %2$s and a.attnum > 0 and not a.attisdropped""";

    private final TableShape table;
    private final String alter;

    ColumnSteps(TableShape table) {
        this.table = table;
        this.alter = "alter table " + table.name().quoted();
    }

    /**
     * Adds a column.
     *
     * @param written its type as its definition writes it
     * @param type what PostgreSQL makes of that
     */
    Step column(Identifier name, String written, Optional<SqlExpression> defaultValue, TableShape.Type type) {
        var value = defaultValue
                .map(expression -> " default " + Sql.parenthesized(expression))
                .orElse("");
        return StepDraft.of(Phase.EXPAND, "column." + name, "adds the column " + name + " of type " + type.text())
                .statements(
                        table.locks(ACCESS_EXCLUSIVE), alter + " add column " + name.quoted() + " " + written + value)
                .undo(table.locks(ACCESS_EXCLUSIVE), alter + " drop column if exists " + name.quoted())
                .check(Checks.column(table.name(), name, type));
    }

    /**
     * Grants what roles may do with every column of the old shape on a column of the new one; grants on the table concern new columns
     * anyway. Nothing if there are no such grants.
     */
    Optional<Step> grants(Identifier name, Collection<Identifier> from) {
        var grants = common(from);
        if (grants.isEmpty()) {
            return Optional.empty();
        }
        var statements = grants.stream()
                .map(grant -> "grant " + grant.privilege().toLowerCase(Locale.ROOT) + " (" + name.quoted()
                        + ") on " + table.name().quoted() + " to " + grant.grantee()
                        + (grant.grantable() ? " with grant option" : ""))
                .toArray(String[]::new);
        var wanted = grants.stream()
                .map(grant ->
                        "(" + Sql.literal(grant.role().map(Identifier::name).orElse("")) + ", "
                                + Sql.literal(grant.privilege()) + ", " + grant.grantable() + ")")
                .toList();
        // Dropped with the column.
        return Optional.of(StepDraft.of(
                        Phase.EXPAND, "grants." + name, "grants on " + name + " what roles may do with the old columns")
                .statements(List.of(), statements)
                .check(Checks.ofTable(
                        table.name(),
                        GRANTED.formatted(Sql.relation(table.name()), Sql.literal(name), String.join(", ", wanted)))));
    }

    private List<Grant> common(Collection<Identifier> from) {
        Set<Grant> common = null;
        for (var column : from) {
            var grants = table.column(column).map(ColumnShape::grants).orElse(List.of());
            if (common == null) {
                common = new LinkedHashSet<>(grants);
            } else {
                common.retainAll(grants);
            }
        }
        return common == null ? List.of() : new ArrayList<>(common);
    }

    /** Sets a default. */
    Step defaultValue(Phase phase, Element.Default element, String made) {
        var name = element.column();
        return StepDraft.of(phase, "default." + name, "sets the default of " + name)
                .statements(
                        table.locks(ACCESS_EXCLUSIVE),
                        alter + " alter column " + name.quoted() + " set default " + Sql.parenthesized(element.value()))
                .undo(table.locks(ACCESS_EXCLUSIVE), alter + " alter column " + name.quoted() + " drop default")
                .check(Checks.ofTable(
                        table.name(),
                        DEFAULT.formatted(
                                Sql.relation(table.name()),
                                Sql.literal(name),
                                Sql.literal(made),
                                Sql.literal("the column " + name))));
    }

    /** Comments on a column; a comment that it replaces does not come back. */
    Step comment(Phase phase, Element.Comment element) {
        var name = element.column();
        var comment = "comment on column " + table.name().quoted() + "." + name.quoted() + " is ";
        return StepDraft.of(phase, "comment." + name, "comments on " + name)
                .statements(table.ownLock(SHARE_UPDATE_EXCLUSIVE), comment + Sql.literal(element.text()))
                .undo(table.ownLock(SHARE_UPDATE_EXCLUSIVE), comment + "null")
                .check(Checks.ofColumn(
                        table.name(),
                        name,
                        "pg_catalog.col_description(a.attrelid, a.attnum) = " + Sql.literal(element.text())));
    }

    /** Accepts NULL again. It is not taken back: rows may hold NULL by then. */
    Step dropNotNull(Phase phase, Element.DropNotNull element) {
        var name = element.column();
        return StepDraft.of(phase, "drop-not-null." + name, "lets " + name + " accept NULL again")
                .statements(table.locks(ACCESS_EXCLUSIVE), alter + " alter column " + name.quoted() + " drop not null")
                .check(Checks.ofColumn(table.name(), name, "not a.attnotnull"));
    }

    /** Rejects NULL, in steps that hold the application up for an instant each. */
    Stream<Step> notNull(Phase phase, Element.NotNull element) {
        return table.knowsNotNullConstraints()
                ? notNullConstraint(phase, element.column())
                : notNullByCheck(phase, element.column());
    }

    private Stream<Step> notNullConstraint(Phase phase, Identifier name) {
        var constraint = table.column(name)
                .flatMap(ColumnShape::notNullConstraint)
                .orElse(Sql.derivedName("backfleet_not_null", name.name()));
        var there = "exists (select from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.contype = 'n'"
                + " and k.conkey = array[a.attnum]%s)";
        return Stream.of(
                StepDraft.of(phase, "not-null." + name + ".add", "rejects NULL in " + name + " from now on")
                        .statements(
                                table.locks(ACCESS_EXCLUSIVE),
                                alter + " add constraint " + constraint.quoted() + " not null " + name.quoted()
                                        + " not valid")
                        .undo(
                                table.locks(ACCESS_EXCLUSIVE),
                                alter + " alter column " + name.quoted() + " drop not null")
                        .check(Checks.ofColumn(table.name(), name, there.formatted(""))),
                StepDraft.of(phase, "not-null." + name + ".validate", "validates that no row has NULL in " + name)
                        .execution(Step.Execution.SCAN)
                        .statements(
                                table.locks(SHARE_UPDATE_EXCLUSIVE),
                                alter + " validate constraint " + constraint.quoted())
                        .check(Checks.ofColumn(table.name(), name, there.formatted(" and k.convalidated"))));
    }

    private Stream<Step> notNullByCheck(Phase phase, Identifier name) {
        var helper = Sql.derivedName("backfleet_not_null", name.name());
        var there = "exists (select from pg_catalog.pg_constraint k where k.conrelid = a.attrelid and k.conname = "
                + Sql.literal(helper) + " and k.contype = 'c' and pg_catalog.pg_get_expr(k.conbin, k.conrelid) = '('"
                + " || pg_catalog.quote_ident(a.attname) || ' IS NOT NULL)'%s)";
        return Stream.of(
                StepDraft.of(phase, "not-null." + name + ".add", "rejects NULL in " + name + " from now on")
                        .statements(
                                table.locks(ACCESS_EXCLUSIVE),
                                alter + " add constraint " + helper.quoted() + " check (" + name.quoted()
                                        + " is not null) not valid")
                        .undo(table.locks(ACCESS_EXCLUSIVE), alter + " drop constraint if exists " + helper.quoted())
                        .check(Checks.ofColumn(table.name(), name, "a.attnotnull or " + there.formatted(""))),
                StepDraft.of(phase, "not-null." + name + ".validate", "validates that no row has NULL in " + name)
                        .execution(Step.Execution.SCAN)
                        .statements(
                                table.locks(SHARE_UPDATE_EXCLUSIVE), alter + " validate constraint " + helper.quoted())
                        .check(Checks.ofColumn(
                                table.name(), name, "a.attnotnull or " + there.formatted(" and k.convalidated"))),
                StepDraft.of(phase, "not-null." + name + ".set", "makes " + name + " NOT NULL, as the check proves")
                        .statements(
                                table.locks(ACCESS_EXCLUSIVE),
                                alter + " alter column " + name.quoted() + " set not null")
                        .undo(
                                table.locks(ACCESS_EXCLUSIVE),
                                alter + " alter column " + name.quoted() + " drop not null")
                        .check(Checks.ofColumn(table.name(), name, "a.attnotnull")),
                StepDraft.of(phase, "not-null." + name + ".drop-check", "drops the check, which NOT NULL replaces")
                        .statements(
                                table.locks(ACCESS_EXCLUSIVE), alter + " drop constraint if exists " + helper.quoted())
                        .check(Checks.ofColumn(table.name(), name, "a.attnotnull and not " + there.formatted(""))));
    }
}
