package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.kind.Comparison;
import dev.backfleet.common.postgres.key.KeyOrder;

/** Writes the queries that scan the rows after the cursor in the order of the key, as {@code backfleet_k}. */
final class KeyWalk {
    private final KeyOrder order;
    private final String relation;
    private final Start start;

    /**
     * Of one table.
     *
     * @param relation its quoted name
     * @param start the kind of point that the cursor is
     */
    KeyWalk(KeyOrder order, String relation, Start start) {
        this.order = order;
        this.relation = relation;
        this.start = start;
    }

    /** The rows after the cursor in the order of the key, from the given end and up to the given limit. */
    String rows(String as, String condition, boolean descending, String limit, String most) {
        var rows = new KeyOrder.Rows("only " + relation + " as backfleet_k", order::scanned, i -> as + i);
        return switch (start) {
            case BEFORE_ALL -> rows.where(order, "exists (select from backfleet_fence)" + condition, descending, limit);
            case AFTER_A_TENANT -> rows.where(order, afterTenant(order.scanned(1)) + condition, descending, limit);
            case AFTER_A_ROW ->
                order.rowsAfter(
                        rows, i -> "(select c" + i + " from backfleet_fence)", condition, descending, limit, most);
        };
    }

    /** No row, with the same columns. */
    String none(String as) {
        return "select "
                + order.each(i -> order.scanned(i) + "::" + order.column(i).type() + " as " + as + i) + " from only "
                + relation + " as backfleet_k where false";
    }

    /**
     * A condition with an AND before it that ends the scan at the shard's end, so that keys of deleted rows behind it are not
     * scanned. Only the leading column is compared, since an index scan does not stop at any other one.
     */
    String inReach() {
        return " and "
                + order.compare(1, order.scanned(1), Comparison.LESS_OR_EQUAL, "(select u1 from backfleet_fence)");
    }

    /** The condition that a row is not behind the tenant with which the shard ends. */
    String upToTenant() {
        return order.compare(
                1,
                order.scanned(1),
                Comparison.LESS_OR_EQUAL,
                "(select u1 from backfleet_bound where last and not whole)");
    }

    /** The condition that a tenant is behind the one at which the cursor is. */
    String afterTenant(String tenant) {
        return order.compare(1, tenant, Comparison.GREATER, "(select c1 from backfleet_fence)");
    }
}
