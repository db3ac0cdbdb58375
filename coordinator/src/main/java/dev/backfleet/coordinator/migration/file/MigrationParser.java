package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.key.SpecValues;
import dev.backfleet.common.spec.parse.SpecDocument;
import dev.backfleet.common.spec.parse.UnknownKeys;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.ContractRules;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.DdlRules;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.NewColumn;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses the file of a migration, YAML or JSON, and checks everything that can be checked without a database. */
public final class MigrationParser {
    private static final Set<String> BY_COLUMN = Set.of(
            MigrationKeys.TO.path(), MigrationKeys.DOWN.path(), CopyKeys.COLUMNS.path(), CopyKeys.WRITE_BACK.path());

    private MigrationParser() {}

    /**
     * Parses a migration.
     *
     * @param fileName for messages, and to recognise JSON by the extension; without a known extension the text decides
     * @throws dev.backfleet.common.spec.SpecException at the first problem
     */
    public static ParsedMigration parse(String fileName, String text) {
        var root = SpecDocument.read(fileName, text, MigrationKeys.REQUIRED_REMEDY);
        var at = SpecLocations.of(fileName, root, BY_COLUMN);
        new UnknownKeys(at, MigrationKeys.ALL).refuse(root);
        var migration = migration(fileName, root, at, text);
        new MigrationChecks(migration, root, at).refuse();
        new IntoChecks(migration, at).refuse();
        return new ParsedMigration(migration, at);
    }

    private static Migration migration(String fileName, SpecNode.Mapping root, SpecLocations at, String text) {
        var values = new SpecValues(root, at);
        var name = values.get(MigrationKeys.NAME);
        var table = values.get(MigrationKeys.TABLE);
        var from = values.get(MigrationKeys.FROM);
        var copies = root.entries().containsKey(CopyKeys.GROUP);
        if (copies) {
            IntoChecks.refuseKeys(root, at);
        }
        var to = copies ? Map.<Identifier, NewColumn>of() : values.get(MigrationKeys.TO);
        var filled = copies ? CopyKeys.read(values).writeBack().keySet() : to.keySet();
        var scan = new MigrationChecks.Scan(
                values.find(MigrationKeys.KEY).orElse(List.of()), values.find(MigrationKeys.TENANT));
        MigrationChecks.refuseColumns(from, to.keySet(), scan, at);
        values.find(
                MigrationKeys
                        .BACKFILL); // Its keys are checked; their values, with those of the spec that it is part of.
        return new Migration(
                name,
                table,
                from,
                to,
                values.find(MigrationKeys.DOWN).orElse(Map.of()),
                values.find(MigrationKeys.ON_ERROR).orElse(copies ? SyncErrors.RAISE : SyncErrors.LEAVE),
                values.find(MigrationKeys.EXPAND).orElse(List.of()),
                values.find(MigrationKeys.FINISH).orElse(List.of()),
                new Migration.Proof(
                        values.get(MigrationKeys.RECONCILE_EVERY), values.get(MigrationKeys.RECONCILE_MAX_AGE)),
                new CutoverPlan(
                        values.find(MigrationKeys.CUTOVER_STEPS).orElse(CutoverPlan.USUAL),
                        values.get(MigrationKeys.CUTOVER_SOAK),
                        values.get(MigrationKeys.CUTOVER_PROMOTE),
                        values.find(MigrationKeys.CUTOVER_ABORT).orElse(AbortRules.NONE)),
                new ContractRules(
                        values.get(MigrationKeys.CONTRACT_SOAK),
                        values.get(MigrationKeys.CONTRACT_CLEAN),
                        values.get(MigrationKeys.CONTRACT_RENAME),
                        values.get(MigrationKeys.CONTRACT_KEEP)),
                new DdlRules(
                        values.get(MigrationKeys.LOCK_TIMEOUT),
                        values.get(MigrationKeys.HOLD),
                        values.get(MigrationKeys.GIVE_UP),
                        values.find(MigrationKeys.ROLE),
                        values.get(MigrationKeys.BY) == MigrationKeys.ExecutedBy.OTHERS),
                DerivedSpec.of(fileName, root, filled),
                text);
    }
}
