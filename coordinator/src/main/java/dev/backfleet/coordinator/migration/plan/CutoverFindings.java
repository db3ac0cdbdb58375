package dev.backfleet.coordinator.migration.plan;

import dev.backfleet.common.error.SqlStateCodes;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.TenantValue;
import dev.backfleet.coordinator.migration.finding.MigrationFinding;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import dev.backfleet.coordinator.migration.plan.MigrationLook.Unread;
import dev.backfleet.coordinator.migration.step.TableShape;
import dev.backfleet.coordinator.outbound.AddressRule;
import dev.backfleet.coordinator.outbound.RefusedAddressException;
import dev.backfleet.coordinator.throttle.SpecQuery;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a plan says of the cutover of a file: signals that would never be read, and tenants that no row can have. */
final class CutoverFindings {
    // Of a table that has its new columns, or by another role, they may mean nothing.
    private static final Set<String> FOR_NOW = Set.of(SqlStateCodes.NO_COLUMN, SqlStateCodes.NO_TABLE);
    private static final Set<String> HERE =
            Set.of(SqlStateCodes.NO_PERMISSION, SqlStateCodes.CANCELLED, SqlStateCodes.LOCK_NOT_AVAILABLE);

    private final Migration migration;
    private final MigrationLook look;
    private final boolean expanded;
    private final List<MigrationFinding> findings = new ArrayList<>();

    private CutoverFindings(Migration migration, MigrationLook look, boolean expanded) {
        this.migration = migration;
        this.look = look;
        this.expanded = expanded;
    }

    static List<MigrationFinding> of(Migration migration, TableShape table, MigrationLook look) {
        var all = new CutoverFindings(migration, look, table.isExpanded(migration));
        all.signals();
        all.tenants();
        return all.findings;
    }

    private void signals() {
        var rules = migration.cutover().abort();
        rules.queries().forEach(query -> look.unread(SpecQuery.ofSql(query.sql()))
                .ifPresent(why -> query("cutover.abort.sql", "the signal " + query.name(), why)));
        var probe = rules.probe();
        if (probe != null) {
            look.unread(SpecQuery.ofProbe(probe)).ifPresent(why -> query("cutover.abort.probe", "the probe", why));
        }
        rules.http().forEach(this::address);
    }

    private void query(String place, String what, Unread why) {
        var certain = !HERE.contains(why.code()) && (expanded || !FOR_NOW.contains(why.code()));
        add(
                certain ? MigrationFindingCode.SIGNAL_IMPOSSIBLE : MigrationFindingCode.SIGNAL_UNREADABLE,
                place,
                what + " cannot be read: " + why.words(),
                "write one SELECT of one number, with qualified names"
                        + (certain || HERE.contains(why.code())
                                ? ""
                                : "; if it reads what the first steps add, run this plan again then"));
    }

    private void address(String address) {
        try {
            AddressRule.ALL_BUT_LINK_LOCAL.resolve(URI.create(address));
        } catch (RefusedAddressException e) {
            add(
                    MigrationFindingCode.SIGNAL_UNREADABLE,
                    "cutover.abort.http",
                    "the coordinator would send no request to " + address + ": " + e.why(),
                    "write an address that the coordinator may ask; its host may be known there alone");
        }
    }

    private void tenants() {
        migration.cutover().steps().stream()
                .flatMap(step -> step.tenants().stream())
                .distinct()
                .forEach(tenant -> look.tenant(migration, tenant).ifPresent(this::tenant));
    }

    private void tenant(TenantValue value) {
        value.problem()
                .ifPresent(problem ->
                        add(MigrationFindingCode.TENANT_IMPOSSIBLE, "cutover.steps", problem, value.remedy()));
        if (value.problem().isEmpty() && value.rows() == TenantValue.Rows.NONE) {
            add(
                    MigrationFindingCode.TENANT_WITHOUT_ROWS,
                    "cutover.steps",
                    "no row of " + migration.table() + " has the tenant " + value.shown(),
                    "check the name, unless the tenant is yet to come");
        }
    }

    private void add(MigrationFindingCode code, String place, String message, String remedy) {
        findings.add(MigrationFinding.of(code, place, message, remedy));
    }
}
