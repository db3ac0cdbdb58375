package dev.backfleet.coordinator.forecast;

/**
 * The size of the tables that hold a job's rows.
 *
 * @param rows about how many rows
 * @param tableBytes the bytes of the tables, without what is stored out of line
 * @param indexBytes the bytes of all their indexes
 * @param pageBytes the bytes of a page
 * @param checkpoints when the server begins a checkpoint
 */
public record TableWeight(long rows, long tableBytes, long indexBytes, int pageBytes, Checkpoints checkpoints) {

    double tablePages() {
        return (double) tableBytes / pageBytes;
    }

    double pages() {
        return (double) (tableBytes + indexBytes) / pageBytes;
    }

    double tableBytesPerRow() {
        return (double) tableBytes / Math.max(1, rows);
    }

    double indexBytesPerRow() {
        return (double) indexBytes / Math.max(1, rows);
    }
}
