package dev.backfleet.coordinator.migration.step;

import dev.backfleet.common.sql.Identifier;
import java.util.List;
import java.util.Optional;

/**
 * A column of the table as the catalog has it.
 *
 * @param name its name
 * @param type as {@code format_type} writes it
 * @param notNull whether it accepts no NULL; from PostgreSQL 18 on also true while that is not validated
 * @param notNullConstraint the constraint that says so, from PostgreSQL 18 on
 * @param generated whether PostgreSQL computes it
 * @param grants what roles may do with this column alone
 */
public record ColumnShape(
        Identifier name,
        String type,
        boolean notNull,
        Optional<Identifier> notNullConstraint,
        boolean generated,
        List<Grant> grants) {
    public ColumnShape {
        grants = List.copyOf(grants);
    }

    /**
     * A privilege on a column.
     *
     * @param role who has it; empty: everybody
     * @param privilege such as {@code SELECT}
     * @param grantable whether the role may grant it
     */
    public record Grant(Optional<Identifier> role, String privilege, boolean grantable) {

        /** The role as SQL writes it. */
        String grantee() {
            return role.map(Identifier::quoted).orElse("public");
        }
    }
}
