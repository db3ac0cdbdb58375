package dev.backfleet.coordinator.postgres.job;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.coordinator.pin.PinnedSpec;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The statements about the snapshots of the tables of jobs; {@code backfleet.differences} compares them with the catalog. */
public final class PinStore {

    private static final String PIN = """
            update backfleet.job
            set pinned = backfleet.columns_of(:relation::oid, :columns), key_labels = backfleet.labels_of(:relation::oid, :key),
                passes_reason = :reason
            where id = :job
            """;

    private static final String DIFFERENCES = "select d from backfleet.differences(:job) d order by d";

    private static final String PRINT = "select backfleet.catalog_print(:job)";

    private static final String RESUME = """
            update backfleet.job
            set state = case when rows_estimated is null then 'PLANNING' else 'RUNNING' end, error = null, reason = null
            where id = :job and state = 'HALTED' and not exists (select from backfleet.differences(:job))
            """;

    private final Handle handle;

    public PinStore(Handle handle) {
        this.handle = handle;
    }

    /** Stores the present columns as the job's snapshot. */
    public void pin(long job, PinnedSpec spec) {
        handle.createUpdate(PIN)
                .bind("job", job)
                .bind("relation", spec.definition().table().oid())
                .bindArray("columns", String.class, spec.columns())
                .bindArray("key", String.class, keyOf(spec))
                .bind("reason", spec.passesReason())
                .execute();
    }

    private static List<String> keyOf(PinnedSpec spec) {
        return spec.definition().key().stream().map(KeyColumn::name).toList();
    }

    /** The differences between a job's snapshot and the catalog, in words. */
    public List<String> differences(long job) {
        return handle.createQuery(DIFFERENCES)
                .bind("job", job)
                .mapTo(String.class)
                .list();
    }

    /** A text that changes with everything that the differences depend on. */
    public String print(long job) {
        return handle.createQuery(PRINT).bind("job", job).mapTo(String.class).one();
    }

    /**
     * Resumes a HALTED job where it stopped, if its snapshot matches the catalog; whether it was resumed. Partitions that were
     * dropped in the meantime are left out.
     */
    public boolean resume(long job) {
        new PartitionStore(handle, job).closeDropped();
        return handle.createUpdate(RESUME).bind("job", job).execute() == 1;
    }
}
