package dev.backfleet.coordinator.forecast;

import java.util.Objects;

/**
 * Which share of the changed rows find room on their page for the new version. A trial meets each page for the first time; a job comes
 * back to it with later batches, if neighbours in the key's order are on different pages. Then the new versions take the room of those
 * that were left behind at the visit before. That takes until the batch before, and those that ran beside it, are over.
 *
 * @param moved the share of the changed rows whose new version goes to another page: these make the table and its indexes grow
 * @param found the share of the others among those that had no room in the trial
 */
record RoomOnPages(double moved, double found) {
    /** A version can be removed when the batch that left it is over, and each that began before: about twice a batch's duration. */
    private static final double BATCHES = 2;

    /** So many times as many rows as expected leave their page, at most: sessions that change rows of one page at the same moment. */
    private static final double CROWD = 4;

    /**
     * Of a job.
     *
     * @param hot the share of the changed rows that had room in the trial, from 0 to 1
     * @param changed the share of the rows that the job changes, from 0 to 1
     * @param width by how many bytes a new version is larger
     * @param rowsAtOnce how many rows all batches scan that run at the same time
     * @param passes in how many passes the job walks: each has so many fewer rows of a page, and pages differ by a row
     */
    static RoomOnPages of(
            Trials trials, TableWeight table, double hot, double changed, double width, double rowsAtOnce, int passes) {
        var pagesPerRow = trials.logged().stream()
                .map(LoggedBatch::pagesPerRow)
                .filter(Objects::nonNull)
                .mapToDouble(pages -> pages)
                .average();
        if (pagesPerRow.isEmpty() || table.tableBytes() == 0) {
            return new RoomOnPages(1 - hot, 0);
        }
        var pages = table.tablePages();
        var ofPage = Math.max(1, table.rows() / pages * changed);
        var together = changed / Math.max(1e-6, pagesPerRow.getAsDouble());
        var ofBatch = Math.max(1, passes == 1 ? together : together / passes + 0.5);
        var ofVisit = Math.max(ofBatch, BATCHES * rowsAtOnce * changed / pages);
        var firstVisit = Math.min(1, ofVisit / ofPage);
        // A version that is larger than the one before does not fit into its room: now and then a row has to leave.
        var larger = Math.max(0, Math.min(1, width / (table.tableBytesPerRow() + width)));
        var moved = firstVisit + (1 - firstVisit) * larger;
        return new RoomOnPages((1 - hot) * moved, 1 - moved);
    }

    /** The same where as few rows find room as is likely. */
    RoomOnPages crowded(double hot) {
        var all = Math.min(1, CROWD * (1 - found));
        return new RoomOnPages((1 - hot) * all, 1 - all);
    }
}
