package dev.backfleet.simulation;

import java.util.Random;

/**
 * The rows of a table: the tenant of each, and whether the job must change it. Tenants have even numbers, so that there
 * are tenants without rows in between.
 */
final class Table {
    private final int[] tenants;
    private final boolean[] wanted;
    private final boolean tenantLed;

    Table(int rows, boolean tenantLed, int unwantedPercent, Random random) {
        this.tenants = new int[rows + 1];
        this.wanted = new boolean[rows + 1];
        this.tenantLed = tenantLed;
        for (var row = 1; row <= rows; row++) {
            var next = tenants[row - 1] == 0 || random.nextInt(6) == 0 ? 2 : 0;
            tenants[row] = tenantLed ? tenants[row - 1] + next : 0;
            wanted[row] = random.nextInt(100) >= unwantedPercent;
        }
    }

    int rows() {
        return tenants.length - 1;
    }

    boolean tenantLed() {
        return tenantLed;
    }

    /** The tenant of a row. */
    int tenant(int row) {
        return tenants[row];
    }

    int lastTenant() {
        return tenants[rows()];
    }

    boolean isWanted(int row) {
        return wanted[row];
    }

    /** How many rows the job is to change, after one row up to another. */
    int wantedBetween(int from, int to) {
        var count = 0;
        for (var row = from + 1; row <= to; row++) {
            count += wanted[row] ? 1 : 0;
        }
        return count;
    }

    Point after(int row) {
        return row == 0 ? Point.START : new Point(row, tenants[row], true);
    }

    /** The point after all rows of a tenant. */
    Point endOf(int tenant) {
        return new Point(lastRowUpTo(tenant), tenant, false);
    }

    /** The last row of a tenant or of one before it. */
    int lastRowUpTo(int tenant) {
        var row = rows();
        while (row > 0 && tenants[row] > tenant) {
            row--;
        }
        return row;
    }

    /** A tenant as an operator wrote it; -1 for an invalid value. */
    static int parse(String tenant) {
        try {
            return Integer.parseInt(tenant);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
