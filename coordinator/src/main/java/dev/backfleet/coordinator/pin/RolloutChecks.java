package dev.backfleet.coordinator.pin;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.Rollout.Promotion;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.pin.TableFacts.Column;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the tenants that the waves of a rollout name, and whether the rows of a wave can be compared. */
final class RolloutChecks {
    private static final String PATH = "rollout.waves";
    private static final int NAMED = 5;
    private static final String RULE = "say which rows are wrong: reconcile: { different: \"…\" }";

    private final Catalog catalog;
    private final SpecLocations places;
    private final Spec spec;
    private final TableFacts table;
    private final List<String> tenants;

    RolloutChecks(Catalog catalog, SpecLocations places, Spec spec, TableFacts table) {
        this.catalog = catalog;
        this.places = places;
        this.spec = spec;
        this.table = table;
        this.tenants = spec.rollout().map(Rollout::waves).orElse(List.of()).stream()
                .flatMap(wave -> wave.tenants().stream())
                .toList();
    }

    /** Refuses tenants if shards do not follow them, or if they cannot be values of the column. */
    void refuse(ScanKey scan) {
        if (tenants.isEmpty()) {
            return;
        }
        if (!scan.tenantLed()) {
            throw places.problem(
                    PATH,
                    "names tenants, but the shards do not follow tenants",
                    "name the tenant column under tenant, with an index over it and the key; or use percent alone");
        }
        for (var tenant : tenants) {
            var isIt = "'" + tenant.replace("'", "''") + "'::" + column(scan).type() + " is not null";
            catalog.refusal(table.table(), SqlExpression.parse(isIt)).ifPresent(why -> {
                throw places.problem(
                        PATH, "PostgreSQL rejects the tenant " + tenant + ": " + why, "write it as the column has it");
            });
        }
    }

    /** The finding that some of them have no rows. */
    Stream<Finding> findings(ScanKey scan) {
        if (tenants.isEmpty()) {
            return Stream.empty();
        }
        var empty = catalog.withoutRows(table.table(), column(scan), tenants);
        var one = empty.size() == 1;
        return empty.isEmpty()
                ? Stream.empty()
                : Stream.of(Finding.of(
                        FindingCode.TENANT_WITHOUT_ROWS,
                        (one ? "the tenant " : "the tenants ") + named(empty) + " of the rollout "
                                + (one ? "has" : "have") + " no rows",
                        "check that they are written as the column has them"));
    }

    /**
     * The rollout, with whether its waves are reconciled: as the spec says, otherwise if they begin automatically and can be.
     *
     * @param findings gets the finding that they cannot be, and begin all the same
     */
    Optional<Rollout> reconciled(JobDefinition definition, Consumer<Finding> findings) {
        return spec.rollout().map(rollout -> rollout.reconciling(reconciles(rollout, definition, findings)));
    }

    private boolean reconciles(Rollout rollout, JobDefinition definition, Consumer<Finding> findings) {
        var wanted = rollout.reconcile();
        var automatic = rollout.promote() == Promotion.AUTO;
        if (Boolean.FALSE.equals(wanted) || (wanted == null && !automatic)) {
            return false;
        }
        var obstacle = spec.different().isPresent() ? Optional.<String>empty() : obstacle(definition);
        if (obstacle.isPresent() && wanted != null) {
            throw places.problem(
                    SpecKeys.ROLLOUT_RECONCILE.path(), "needs to compute the change again: " + obstacle.get(), RULE);
        }
        obstacle.ifPresent(why -> findings.accept(Finding.of(
                FindingCode.WAVES_NOT_COMPARED,
                "the next wave begins by itself, without a look at the rows: " + why,
                RULE + "; or reconcile: false under rollout, if that is meant")));
        return obstacle.isEmpty();
    }

    private Optional<String> obstacle(JobDefinition definition) {
        var columns = table.columns().stream().map(Column::name).collect(Collectors.toSet());
        return Recomputation.of(catalog, definition, columns).obstacle();
    }

    private Column column(ScanKey scan) {
        return table.column(scan.columns().get(0)).orElseThrow();
    }

    private static String named(List<String> names) {
        var more = names.size() - NAMED;
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
