package dev.backfleet.coordinator.forecast;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a batch that was rolled back wrote to the write-ahead log.
 *
 * @param changed how many rows it changed
 * @param took how long it took, without planning
 * @param tookAgain how long it took when it was run once more, just after: its pages were in memory, and logged as a whole before
 * @param bytes the bytes that it logged
 * @param fullPages how many of its records hold a whole page, as the first change of a page after a checkpoint does
 * @param bytesAgain the bytes that it logged when it was run once more, just after
 * @param fullPagesAgain how many whole pages that time: hardly any, since its pages were logged as a whole before
 * @param addedWidth by how many bytes the columns that are set grew, on average of its rows; null if this role may not read them
 * @param setWidth the bytes of the columns that are set, on average of its rows; null if this role may not read them
 * @param pagesPerRow on how many further pages each further row in the key's order is: 1 if neighbours are on pages of their own, next to
 *     nothing if they lie together; null if this role may not read it
 */
public record LoggedBatch(
        long changed,
        Duration took,
        Duration tookAgain,
        long bytes,
        long fullPages,
        long bytesAgain,
        long fullPagesAgain,
        @Nullable Double addedWidth,
        @Nullable Double setWidth,
        @Nullable Double pagesPerRow) {

    /** Run once more. */
    public LoggedBatch again(LoggedBatch second) {
        return new LoggedBatch(
                changed,
                took,
                second.took,
                bytes,
                fullPages,
                second.bytes,
                second.fullPages,
                addedWidth,
                setWidth,
                pagesPerRow);
    }
}
