package dev.backfleet.coordinator.forecast;

import dev.backfleet.coordinator.forecast.Forecast.Bytes;
import java.util.List;
import java.util.Objects;

/**
 * How much write-ahead log a job writes: the records of its rows, and whole pages. A page is logged as a whole with its first change
 * after each checkpoint, so that their number depends on how many checkpoints begin while the job runs, and on how many pages it
 * changes between two of them.
 *
 * <p>A trial runs each of its logged batches twice. The second time, hardly a page is logged as a whole: so the bytes of a record and of a
 * page are told apart.
 */
final class WalForecast {
    /** The header of a record, with what it says of its page. */
    private static final double LEAST_RECORD = 60;

    /** A trial has few rows: it sees no page of an index that is split, and its few rows pay for the records of a whole batch. */
    private static final double UNSEEN = 0.2;

    /**
     * The record of an update that finds room on its page, without the columns that are set: PostgreSQL logs only what differs between
     * both versions, and no index logs anything.
     */
    private static final double IN_PLACE = 68;

    /** The record of the version that is removed from the page before, so that there is room. */
    private static final double PRUNED = 58;

    /** More log means more checkpoints, and these more log: so many rounds, until both fit. */
    private static final int ROUNDS = 5;

    private final List<LoggedBatch> logged;
    private final double changed;
    private final double bytes;
    private final double fullPages;
    private final double bytesAgain;
    private final double fullPagesAgain;
    private final double width;
    private final double leftBehind;
    private final int passes;
    private final TableWeight table;

    /**
     * Of a trial.
     *
     * @param passes in how many passes the job walks
     */
    WalForecast(Trials trials, TableWeight table, int passes) {
        this.passes = passes;
        this.logged = trials.logged();
        this.leftBehind = trials.deadRows();
        this.width = logged.stream()
                .map(LoggedBatch::setWidth)
                .filter(Objects::nonNull)
                .mapToDouble(width -> width)
                .average()
                .orElse(table.tableBytesPerRow());
        this.changed = logged.stream().mapToLong(LoggedBatch::changed).sum();
        this.bytes = logged.stream().mapToLong(LoggedBatch::bytes).sum();
        this.fullPages = logged.stream().mapToLong(LoggedBatch::fullPages).sum();
        this.bytesAgain = logged.stream().mapToLong(LoggedBatch::bytesAgain).sum();
        this.fullPagesAgain =
                logged.stream().mapToLong(LoggedBatch::fullPagesAgain).sum();
        this.table = table;
    }

    /** Whether there is anything to conclude from. */
    boolean isKnown() {
        return changed > 0;
    }

    /** The bytes for each changed row, as in the trial: just after a checkpoint. */
    double perRow() {
        return bytes / changed;
    }

    /** The share of these bytes that are whole pages. */
    double fullPagesShare() {
        return bytes == 0 ? 0 : Math.min(1, fullPages * pageBytes() / bytes);
    }

    /** The bytes of a page that is logged as a whole: without its hole, and compressed if the server does that. */
    double pageBytes() {
        var pages = fullPages - fullPagesAgain;
        return pages <= 0 ? table.pageBytes() : Math.max(0, Math.min(table.pageBytes(), (bytes - bytesAgain) / pages));
    }

    /** The bytes of all records of a changed row, without whole pages. */
    double recordsPerRow() {
        return Math.max(LEAST_RECORD, (bytesAgain - fullPagesAgain * pageBytes()) / changed);
    }

    /**
     * How much of the time of a trial's batch one of the job takes between two checkpoints. A part of that time goes to pages that are not
     * in memory yet, or are logged as a whole: the second run shows how large it is. The job meets each page so once, and the trial almost
     * with each row.
     *
     * @param rows how many rows the job changes
     * @param hot the share of the rows whose update leaves the indexes alone
     * @return 1: all of it
     */
    double warmth(double rows, double hot) {
        double first =
                logged.stream().mapToLong(batch -> batch.took().toNanos()).sum();
        double again =
                logged.stream().mapToLong(batch -> batch.tookAgain().toNanos()).sum();
        var touched = isKnown() ? rows * fullPages / changed : 0;
        if (first == 0 || touched == 0) {
            return 1;
        }
        var warm = Math.min(1, again / first);
        return warm + (1 - warm) * Math.min(1, pages(hot) / touched);
    }

    private double pages(double hot) {
        return hot < 1 ? table.pages() : table.tablePages();
    }

    /**
     * Of the whole job.
     *
     * @param rows how many rows it changes
     * @param seconds how long it takes at most
     * @param hot the share of the rows whose update leaves the indexes alone in the trial
     * @param room which rows find room on their page
     */
    Bytes of(double rows, double seconds, double hot, RoomOnPages room) {
        if (!isKnown() || rows <= 0) {
            return new Bytes(0, 0);
        }
        var pages = new PagesOfJob(logged, table, rows, passes);
        var crowded = room.crowded(hot);
        var least = rows * recordsPerRow(hot, room) * (1 - UNSEEN)
                + pages.atLeast(rows * room.moved(), leftBehind) * pageBytes();
        var records = rows * recordsPerRow(hot, crowded) * (1 + UNSEEN);
        var most = records;
        for (var i = 0; i < ROUNDS; i++) {
            var checkpoints = table.checkpoints().duringAtMost(seconds, most);
            most = records + pages.atMost(rows * crowded.moved(), hot < 1, checkpoints) * pageBytes();
        }
        return new Bytes(Math.round(Math.min(least, most)), Math.round(most));
    }

    // A row that finds room on its page in the job had none in the trial, which has logged its whole version and an
    // entry for each index.
    private double recordsPerRow(double hot, RoomOnPages room) {
        var measured = recordsPerRow();
        if (hot >= 1) {
            return measured;
        }
        var inPlace = IN_PLACE + width;
        var moved = Math.max(inPlace, (measured - hot * inPlace) / (1 - hot));
        return measured - (1 - hot) * room.found() * Math.max(0, moved - inPlace - PRUNED);
    }
}
