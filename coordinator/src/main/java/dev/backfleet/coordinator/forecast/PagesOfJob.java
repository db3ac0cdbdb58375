package dev.backfleet.coordinator.forecast;

import java.util.List;
import java.util.Objects;

/**
 * How many whole pages a job logs. A trial meets almost a page with each of its rows where neighbours in the key's order are on different
 * pages; the job meets the same page with many batches, and logs it once between two checkpoints.
 */
final class PagesOfJob {
    /** A row changes the page that it was on, and the one that it is on then; indexes have entries of neighbours on one page. */
    private static final double MOST_PAGES_PER_ROW = 2;

    private final TableWeight table;
    private final double rows;
    private final int passes;
    private final double pagesPerRow;
    private final double fullPagesPerRow;

    /**
     * Of a job.
     *
     * @param logged batches of a trial, of which at least one has changed a row
     * @param rows how many rows the job changes
     * @param passes in how many passes it walks: so often it comes back to a page
     */
    PagesOfJob(List<LoggedBatch> logged, TableWeight table, double rows, int passes) {
        this.passes = passes;
        this.table = table;
        this.rows = rows;
        this.fullPagesPerRow =
                logged.stream().mapToDouble(LoggedBatch::fullPages).sum()
                        / logged.stream().mapToDouble(LoggedBatch::changed).sum();
        this.pagesPerRow = logged.stream()
                .map(LoggedBatch::pagesPerRow)
                .filter(Objects::nonNull)
                .mapToDouble(pages -> pages)
                .average()
                .orElse(1);
    }

    /**
     * If no checkpoint begins while the job runs, and none since the trial, which has logged pages of the job.
     *
     * @param moved how many rows leave their page
     * @param tried how many rows the trial has changed
     */
    double atLeast(double moved, double tried) {
        if (!table.checkpoints().fullPages()) {
            return 0;
        }
        var met = met(table.tablePages(), rows);
        var fresh = Math.exp(-tried * pagesPerRow / Math.max(1, table.tablePages()));
        // Pages that were changed since the last checkpoint show nothing to the trial, and are not logged by the job
        // either.
        var seen = Math.min(1, fullPagesPerRow / Math.max(met / rows, pagesPerRow));
        return (met * fresh + met(indexPages(), moved * ofIndexesPerRow())) * seen;
    }

    /**
     * At most.
     *
     * @param moved how many rows leave their page
     * @param indexed whether those that leave it have entries in indexes
     * @param checkpoints how many checkpoints begin, that before the job included
     */
    double atMost(double moved, boolean indexed, double checkpoints) {
        if (!table.checkpoints().fullPages()) {
            return 0;
        }
        var visits = Math.max(met(table.tablePages(), rows), rows * Math.min(1, pagesPerRow * passes));
        var ofTable = Math.min(table.tablePages() * checkpoints, visits);
        if (!indexed) {
            return ofTable;
        }
        // How many pages of indexes an entry costs, a trial sees only if they were not changed since the last
        // checkpoint.
        var ofIndexes = moved * (ofIndexesPerRow() == 0 ? MOST_PAGES_PER_ROW : ofIndexesPerRow());
        return ofTable + Math.min(indexPages() * checkpoints, ofIndexes);
    }

    private double indexPages() {
        return table.pages() - table.tablePages();
    }

    private double ofIndexesPerRow() {
        return Math.max(0, fullPagesPerRow - pagesPerRow);
    }

    // So many of all pages, if each of the changes is on any of them.
    private static double met(double pages, double changes) {
        return pages <= 0 ? 0 : pages * (1 - Math.exp(-changes / pages));
    }
}
