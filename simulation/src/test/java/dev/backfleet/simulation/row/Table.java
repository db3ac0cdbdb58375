package dev.backfleet.simulation.row;

import java.util.Random;
import java.util.Set;

/**
 * The rows of a table: the tenant of each, and whether the job must change it, or is to find it wrong. Tenants have even numbers, so that there
 * are tenants without rows in between.
 */
public final class Table {
    private final int[] tenants;
    private final boolean[] wanted;
    private final boolean tenantLed;

    public Table(int rows, boolean tenantLed, int unwantedPercent, Random random) {
        this.tenants = new int[rows + 1];
        this.wanted = new boolean[rows + 1];
        this.tenantLed = tenantLed;
        for (var row = 1; row <= rows; row++) {
            var next = tenants[row - 1] == 0 || random.nextInt(6) == 0 ? 2 : 0;
            tenants[row] = tenantLed ? tenants[row - 1] + next : 0;
            wanted[row] = random.nextInt(100) >= unwantedPercent;
        }
    }

    /** A table without tenants. */
    public static Table wanting(int rows, Set<Integer> wanted) {
        var table = new Table(rows, false, 100, new Random(1));
        wanted.forEach(row -> table.wanted[row] = true);
        return table;
    }

    int rows() {
        return tenants.length - 1;
    }

    public boolean tenantLed() {
        return tenantLed;
    }

    /** The tenant of a row. */
    public int tenant(int row) {
        return tenants[row];
    }

    public int lastTenant() {
        return tenants[rows()];
    }

    public boolean isWanted(int row) {
        return wanted[row];
    }

    public Point after(int row) {
        return row == 0 ? Point.START : new Point(row, tenants[row], true);
    }

    /** The point after all rows of a tenant. */
    public Point endOf(int tenant) {
        return new Point(lastRowUpTo(tenant), tenant, false);
    }

    /** The last row of a tenant or of one before it. */
    public int lastRowUpTo(int tenant) {
        var row = rows();
        while (row > 0 && tenants[row] > tenant) {
            row--;
        }
        return row;
    }

    /** A tenant as an operator wrote it; -1 for an invalid value. */
    public static int parse(String tenant) {
        try {
            return Integer.parseInt(tenant);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
