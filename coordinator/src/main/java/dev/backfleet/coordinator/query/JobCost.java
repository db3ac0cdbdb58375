package dev.backfleet.coordinator.query;

import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.forecast.SavedForecast;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What a finished job has cost, in the order of the JSON output; names and order are an interface.
 *
 * @param seconds how long it took, without the time in which it was idle or held back
 * @param rows how many rows it has changed; of a job that compares rows, how many it has compared
 * @param wal the write-ahead log that was written for it
 * @param growth by how much its tables have grown
 * @param forecast what a plan of its spec has forecast; null if none has
 * @param forecastNote why there is none; null if there is one
 */
public record JobCost(
        double seconds,
        long rows,
        Wal wal,
        Growth growth,
        @Nullable Planned forecast,
        @Nullable String forecastNote) {

    private static final String OLDER = "the job was submitted before the release that measures it";

    /** Of so many rows the write-ahead log must be counted, so that it is taken to be that of all rows. */
    private static final double ALL = 0.98;

    /** A session that has nothing to do any more publishes the rest of its WAL within ten seconds; then it is booked. */
    private static final Duration PUBLISHED = Duration.ofSeconds(15);

    /**
     * The write-ahead log.
     *
     * @param bytes how much; null if it is not known
     * @param note why it is not known, or what else is in it; null if there is nothing to know
     */
    public record Wal(@Nullable Long bytes, @Nullable String note) {}

    /**
     * The growth from the submission to the end, with what others have written meanwhile. Negative if something has shrunk.
     *
     * @param table bytes of the tables, with what is stored out of line; null if that is not known
     * @param indexes bytes of their indexes; null if that is not known
     * @param kept bytes of the values that the job has kept; null if it has kept none
     * @param note why it is not known; null if it is
     */
    public record Growth(
            @Nullable Long table,
            @Nullable Long indexes,
            @Nullable Long kept,
            @Nullable String note) {}

    /**
     * A forecast.
     *
     * @param madeAt when the plan was made
     * @param what what it has forecast
     */
    public record Planned(Instant madeAt, SavedForecast what) {}

    /**
     * What is stored.
     *
     * @param walRows how many of the changed rows its log was counted for
     * @param walOfServer whether what others have written is in it
     * @param measuredAt when the growth was measured; null: not yet
     */
    public record Stored(
            double walBytes,
            long walRows,
            boolean walOfServer,
            @Nullable Long tableGrowth,
            @Nullable Long indexGrowth,
            @Nullable Long keptBytes,
            @Nullable Instant measuredAt,
            @Nullable Planned forecast) {}

    /**
     * The cost of a job.
     *
     * @param stored nothing is stored about a job that an older release has stored: null
     * @param now the time of the answer
     */
    public static JobCost of(JobStatus job, @Nullable Stored stored, Instant now) {
        var forecast = stored == null ? null : stored.forecast;
        return new JobCost(
                seconds(job),
                job.rows().changed(),
                stored == null ? new Wal(null, OLDER) : wal(job, stored, now),
                stored == null ? new Growth(null, null, null, OLDER) : growth(stored),
                forecast,
                forecast != null
                        ? null
                        : "no plan has measured this spec on this table within 7 days before it was submitted");
    }

    // What is not booked yet was not idle: the job has just ended.
    private static double seconds(JobStatus job) {
        var end = job.finishedAt();
        var since = job.time().since();
        var begin = since == null ? job.submittedAt() : since;
        var elapsed = end == null ? 0 : Duration.between(begin, end).toMillis() / 1000.0;
        return Math.max(
                0,
                elapsed
                        - job.time().spent().stream()
                                .filter(part -> !part.cause().isOfJob())
                                .mapToDouble(JobTime.Part::seconds)
                                .sum());
    }

    private static Wal wal(JobStatus job, Stored stored, Instant now) {
        if (!job.settings().changesRows()) {
            return new Wal(null, "it has changed no rows");
        }
        var changed = job.rows().changed();
        if (changed == 0) {
            return new Wal(0L, null);
        }
        if (stored.walRows == 0) {
            return new Wal(null, "no coordinator has counted it while rows were changed");
        }
        var notes = new ArrayList<String>();
        if (stored.walRows < changed * ALL) {
            notes.add("of " + HumanText.number(stored.walRows) + " of the rows");
        }
        var end = job.finishedAt();
        if (!stored.walOfServer && end != null && now.isBefore(end.plus(PUBLISHED))) {
            notes.add("so far: sessions publish the rest within seconds");
        }
        if (stored.walOfServer) {
            notes.add("with what others have written meanwhile");
        }
        return new Wal(Math.round(stored.walBytes), notes.isEmpty() ? null : String.join(", ", notes));
    }

    private static Growth growth(Stored stored) {
        if (stored.measuredAt == null) {
            return new Growth(null, null, null, "not measured yet: a coordinator does it within seconds");
        }
        var kept = stored.keptBytes == null || stored.keptBytes == 0 ? null : stored.keptBytes;
        return new Growth(
                stored.tableGrowth,
                stored.indexGrowth,
                kept,
                stored.tableGrowth == null
                        ? "none of its tables was measured when it was submitted and is still there"
                        : null);
    }
}
