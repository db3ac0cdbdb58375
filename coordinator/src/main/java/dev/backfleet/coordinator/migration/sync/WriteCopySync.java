package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.spec.parse.ParsedSpec;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.OperationRefused.Code;
import dev.backfleet.coordinator.pin.Catalog;
import dev.backfleet.coordinator.pin.PinnedSpec;
import dev.backfleet.coordinator.pin.SpecPinner;
import java.util.List;
import java.util.Map;

/** Writes the triggers that keep the copies of a job as the rows are, while it runs and afterwards; makes none itself. */
public final class WriteCopySync {
    private final Catalog catalog;
    private final Map<String, String> settings;

    /**
     * On a database.
     *
     * @param settings those of the sessions of workers on which the value of an expression may depend, as they are written in SQL
     */
    public WriteCopySync(Catalog catalog, Map<String, String> settings) {
        this.settings = settings;
        this.catalog = catalog;
    }

    /**
     * The statements.
     *
     * @throws OperationRefused INVALID if the spec copies no rows, if its {@code where} selects rows by more than what is written back, or
     *     if its name is too long for the names of triggers
     * @throws dev.backfleet.common.spec.SpecException if the spec cannot be run on this database
     */
    public CopySyncScript run(ParsedSpec parsed) {
        var spec = parsed.spec();
        if (spec.change().copy().isEmpty()) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the job " + spec.name() + " copies no rows:",
                    "the sync of columns of one table is made by 'backfleet migration'");
        }
        if (spec.name().length() > CopySync.LONGEST_NAME) {
            throw new OperationRefused(
                    Code.INVALID,
                    "the name " + spec.name() + " is too long for the names of triggers:",
                    "give the job one of at most " + CopySync.LONGEST_NAME + " characters");
        }
        var pinned = SpecPinner.pin(catalog, parsed);
        requireAllRows(pinned);
        var sync = CopySync.ofJob(spec.name(), CopiedTable.of(pinned, List.of(), settings));
        return new CopySyncScript(spec.name(), sync.statements(), sync.drop());
    }

    private static void requireAllRows(PinnedSpec pinned) {
        CopiedTable.selectedBy(pinned).ifPresent(what -> {
            throw new OperationRefused(
                    Code.INVALID,
                    "where selects rows by " + what + ", and a sync copies every row:",
                    "write where over the columns of write-back alone");
        });
    }
}
