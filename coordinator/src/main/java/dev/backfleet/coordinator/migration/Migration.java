package dev.backfleet.coordinator.migration;

import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A parsed file of a migration, complete with defaults, before it is compared with a database.
 *
 * @param name names the migration, its job and its trigger
 * @param table the table that gets the new shape, as written
 * @param from the columns of the old shape
 * @param to the columns of the new shape, in the order of the file; none if it is in another table, see {@link #copy}
 * @param down how the columns of the old shape follow from the new ones; empty: the old shape is not kept up for writes in the new one
 * @param onError what a write of the application meets when an expression of the sync fails
 * @param expand what else is added before the sync, in the order of the file
 * @param finish what is added after the backfill, in the order of the file
 * @param proof how the result is proven
 * @param cutover the steps in which reads are switched
 * @param contract what must be so before the old columns go
 * @param ddl how its statements wait for locks
 * @param backfill the spec of its job, derived from all this
 * @param source the file's text
 */
public record Migration(
        String name,
        TableName table,
        List<Identifier> from,
        Map<Identifier, NewColumn> to,
        Map<Identifier, SqlExpression> down,
        SyncErrors onError,
        List<Element> expand,
        List<Element> finish,
        Proof proof,
        CutoverPlan cutover,
        ContractRules contract,
        DdlRules ddl,
        ParsedSpec backfill,
        String source) {

    /** The copy of each row in another table, if the new shape is there. */
    public Optional<Copy> copy() {
        return backfill.spec().change().copy();
    }

    /** The columns that the table gets: those of the new shape, or those that are given what a copy has. */
    public Set<Identifier> newColumns() {
        return copy().map(copy -> copy.writeBack().keySet()).orElse(to.keySet());
    }

    /**
     * A column of the new shape.
     *
     * @param type as SQL writes it, such as {@code numeric(10,2)}
     * @param up how its value follows from the other columns of the row
     * @param defaultValue a constant default; empty: none
     */
    public record NewColumn(String type, SqlExpression up, Optional<SqlExpression> defaultValue) {}

    /** What a write of the application meets when an expression of the sync fails. */
    public enum SyncErrors {
        /** The write goes through; the row is found by the reconcile. */
        LEAVE,
        /** The write is rejected with the expression's error. */
        RAISE
    }

    /**
     * How the result is proven.
     *
     * @param every how often the reconcile is repeated
     * @param maxAge how old it may be for the gate
     */
    public record Proof(Duration every, Duration maxAge) {}
}
