package dev.backfleet.coordinator.pin;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What decides in how many passes a job walks over the rows of a table; of a partitioned one, over those of its largest partition.
 *
 * @param hashes for each column of the key, the expression that {@link dev.backfleet.common.job.Walk} needs; empty of a type without one
 * @param furtherIndexes the indexes beside the key's, those of block ranges left out: an update on the same page leaves them alone
 * @param indexed an index that contains a column that the job sets; null: no index does
 * @param fillfactor how full a page is filled by inserts, in percent
 * @param correlation how far the order of the leading column of the key is that of the rows in the table, from -1 to 1; null: not known
 * @param rows about how many rows the table has, all partitions together
 * @param bytes how large it is
 */
public record WalkFacts(
        List<Optional<String>> hashes,
        int furtherIndexes,
        @Nullable String indexed,
        int fillfactor,
        @Nullable Double correlation,
        long rows,
        long bytes) {
    public WalkFacts {
        hashes = List.copyOf(hashes);
    }
}
