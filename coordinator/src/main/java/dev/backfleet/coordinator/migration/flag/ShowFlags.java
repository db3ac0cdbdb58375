package dev.backfleet.coordinator.migration.flag;

import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.util.List;

/** The query for all flags. */
public final class ShowFlags {
    private final Flags flags;

    public ShowFlags(Flags flags) {
        this.flags = flags;
    }

    /** All flags, by name. */
    public List<FlagState> all() {
        return flags.all();
    }

    /** The same as a document for flagd. */
    public FlagdDocument flagd() {
        return FlagdDocument.of(all());
    }

    /** The stored flags. */
    public interface Flags {
        /** All flags in one snapshot, by name. */
        List<FlagState> all();
    }
}
