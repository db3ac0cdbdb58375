package dev.backfleet.coordinator.query.reconcile;

import java.util.List;

/**
 * The last verdict on a job with its details, in the order of the JSON output; names and order are an interface.
 *
 * @param answer the verdict on all rows
 * @param tenants the tenants with wrong rows, those with most first; not all if there are many
 * @param tenantsWithFindings how many there are
 * @param keys some of the wrong rows
 */
public record ReconcileReport(GateAnswer answer, List<Tenant> tenants, long tenantsWithFindings, List<WrongRow> keys) {
    public ReconcileReport {
        tenants = List.copyOf(tenants);
        keys = List.copyOf(keys);
    }

    /** A tenant, and the verdict on its rows. */
    public record Tenant(String tenant, GateVerdict verdict, WrongRowCounts rows) {
        /** By what was found of its rows. */
        public static Tenant of(String tenant, WrongRowCounts rows) {
            return new Tenant(tenant, rows.wrong() > 0 ? GateVerdict.DRIFT : GateVerdict.INCOMPLETE, rows);
        }
    }

    /**
     * A wrong row.
     *
     * @param tenant its tenant; empty in a job without tenants
     * @param finding missing, different or quarantined
     * @param written before, during, since or unknown
     * @param table the table that it is in
     * @param key its key
     */
    public record WrongRow(String tenant, String finding, String written, String table, List<String> key) {
        public WrongRow {
            key = List.copyOf(key);
        }
    }
}
