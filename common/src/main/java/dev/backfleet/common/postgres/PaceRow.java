package dev.backfleet.common.postgres;

import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The row of {@code backfleet.pace} that is the clock of a job's rate: it shows when the next rows may be changed. Workers
 * charge it for their batches, and a coordinator for the rejected rows that it retries.
 */
public final class PaceRow {

    /** The share of the limit that is aimed at: batches begin evenly, but commit less evenly. */
    public static final double AIM = 0.95;

    // The table is unlogged: a crash of the server has emptied it.
    private static final String START = """
            insert into backfleet.pace (job_id, next_at)
            select j.id, clock_timestamp() from backfleet.job j where j.id = :job and backfleet.rate_of(j) is not null
            on conflict do nothing
            """;

    // The clock itself is unlogged. But reading the job's row can prune its page, which is logged: the commit would
    // wait
    // for the disk, and with it for all that was written before.
    private static final String CHARGE = """
            with charged as (
              update backfleet.pace p
              set next_at = case
                when :rows > 0 then greatest(p.next_at, clock_timestamp())
                  + make_interval(secs => least(2.0, :rows / (j.rate * :aim)))
                else p.next_at + make_interval(secs => greatest(-2.0, :rows / (j.rate * :aim))) end
              from (select backfleet.rate_of(job) as rate from backfleet.job where id = :job) j
              where p.job_id = :job and j.rate is not null
              returning extract(epoch from p.next_at - clock_timestamp())::double precision as seconds
            )
            select seconds, set_config('synchronous_commit', 'off', true) from charged
            """;

    private PaceRow() {}

    /** Starts the clock of a job with a limit, if it has none. */
    public static void startIfLimited(Handle handle, long job) {
        handle.createUpdate(START).bind("job", job).execute();
    }

    /**
     * Charges rows that were not reserved.
     *
     * @param rows how many; negative: a refund of reserved rows
     * @return how long until further rows may be changed; empty if the job has no limit
     */
    public static Optional<Duration> charge(Handle handle, long job, double rows) {
        return handle.createQuery(CHARGE)
                .bind("job", job)
                .bind("rows", rows)
                .bind("aim", AIM)
                .map((row, context) -> Duration.ofNanos(Math.round(Math.max(0, row.getDouble("seconds")) * 1e9)))
                .findOne();
    }
}
