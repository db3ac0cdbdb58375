package dev.backfleet.worker.postgres;

import dev.backfleet.common.postgres.PaceRow;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The clock by which the fleet keeps a job's rate: one row that says when the next batch may begin. A slot that wants to change
 * rows advances it by the time that they take at the job's rate, and begins at the time that it showed before. So the rate does
 * not depend on how many slots share it, and what one slot does not use is available to the others.
 */
final class PaceClock {

    /** How many seconds ahead rows may be reserved, so that a new rate applies soon. */
    private static final double HORIZON = 0.25;

    private static final Duration SOONEST = Duration.ofMillis(10);

    // The clock itself is unlogged. But reading a shard that a batch has changed can prune its page, which is logged:
    // the commit would wait for the disk, and with it for all that the batch before has written.
    //
    // A clock that is further ahead than any reservation can have moved it was written before the server's clock was
    // set back.
    // Rows that were reserved under a higher limit delay those under a lower one by at most two seconds.
    private static final String RESERVE = """
            with asked as materialized (
              select t.*, clock_timestamp() as at from backfleet.terms(:job, :number) t
            ), moved as (
              update backfleet.pace p
              set next_at = greatest(
                      case when p.next_at > a.at + interval '5 seconds' then a.at else p.next_at end
                        + make_interval(secs => greatest(-2.0, least(0.0, :debt) / (a.rate * :aim))),
                      a.at)
                    + make_interval(secs => least(2.0, (greatest(0.0, :debt) + :rows) / (a.rate * :aim)))
              from asked a
              where p.job_id = :job and a.wanted and a.rate is not null
                and (p.next_at <= a.at + make_interval(secs => :horizon) or p.next_at > a.at + interval '5 seconds')
              returning p.next_at - make_interval(secs => least(2.0, :rows / (a.rate * :aim))) as start
            )
            select a.rate, a.slots, a.batch_seconds, a.wanted, m.start is not null as granted, p.job_id is not null as known,
                   extract(epoch from coalesce(m.start, p.next_at - make_interval(secs => :horizon)) - a.at)::double precision
                     as delay,
                   set_config('synchronous_commit', 'off', true)
            from asked a left join moved m on true left join backfleet.pace p on p.job_id = :job
            """;

    private PaceClock() {}

    /** Reserves rows; empty if the job no longer exists. */
    static Optional<Reservation> reserve(Handle handle, Claim claim, Step.Reserve request) {
        var answer = ask(handle, claim, request);
        if (answer.isPresent() && !answer.get().known) {
            PaceRow.startIfLimited(handle, claim.shard().job());
            answer = ask(handle, claim, request);
        }
        return answer.map(Answer::reservation);
    }

    private static Optional<Answer> ask(Handle handle, Claim claim, Step.Reserve request) {
        return handle.createQuery(RESERVE)
                .bindMap(Map.of(
                        "job",
                        claim.shard().job(),
                        "number",
                        claim.shard().number(),
                        "aim",
                        PaceRow.AIM,
                        "horizon",
                        HORIZON))
                .bind("rows", request.rows())
                .bind("debt", request.debt())
                .map((row, context) -> answer(row, claim))
                .findOne();
    }

    private static Answer answer(ResultSet row, Claim claim) throws SQLException {
        var limits = SlotLimitsMapper.read(row, claim.definition());
        var granted = row.getBoolean("granted");
        return new Answer(
                row.getBoolean("known"),
                new Reservation(granted, delay(row.getDouble("delay"), granted, limits), limits));
    }

    private static Duration delay(double seconds, boolean granted, SlotLimits limits) {
        if (granted) {
            return SlotLimitsMapper.seconds(Math.max(0, seconds));
        }
        var again = SlotLimitsMapper.seconds(Math.min(HORIZON, seconds));
        return !limits.limited() || !limits.wanted() ? Duration.ZERO : again.compareTo(SOONEST) < 0 ? SOONEST : again;
    }

    private record Answer(boolean known, Reservation reservation) {}
}
