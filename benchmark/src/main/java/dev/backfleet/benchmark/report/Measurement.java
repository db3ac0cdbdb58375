package dev.backfleet.benchmark.report;

/**
 * The measurement of one way in one round.
 *
 * @param way which way
 * @param round the round, from 1
 * @param rows rows changed
 * @param seconds how long that took; for Backfleet from the submission to the commit of the last batch
 * @param walBytes how much the write-ahead log has grown
 */
public record Measurement(Way way, int round, long rows, double seconds, long walBytes) {

    /** Rows per second. */
    public double rowsPerSecond() {
        return rows / seconds;
    }

    /** Bytes of write-ahead log for each row. */
    public double walBytesPerRow() {
        return (double) walBytes / rows;
    }
}
