package dev.backfleet.simulation.server;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.row.JobRow;
import dev.backfleet.simulation.row.Run;
import dev.backfleet.worker.execute.PaceModel;
import dev.backfleet.worker.shard.Claim;
import dev.backfleet.worker.shard.Reservation;
import dev.backfleet.worker.shard.SlotLimits;
import dev.backfleet.worker.shard.Step;
import java.time.Duration;

/** The clock of each job's rate, which a contract test holds against the real row, and what it is asked. */
final class RateStatements {
    private final Server server;

    RateStatements(Server server) {
        this.server = server;
    }

    Reservation reserve(Claim claim, Step.Reserve request, Run run) {
        var shard = server.shard(claim.shard());
        var limits = server.shardStatements.limits(shard);
        run.untold = false;
        if (!limits.limited() || !limits.wanted()) {
            return new Reservation(false, Duration.ZERO, limits);
        }
        var owed = server.mutant == Mutant.RESERVATION_NOT_SETTLED ? 0 : request.debt();
        var answer =
                clock(shard.job, limits).reserve(server.clock() / 1e6, new Step.Reserve(request.rows(), owed), limits);
        if (answer.granted()) {
            if (owed == 0) {
                run.loseCredit(server.time.now());
            }
            run.begin = server.time.now() + answer.delay().toNanos() / 1_000;
            run.paid += request.rows() + owed;
            run.limited = true;
            server.tally.reservations++;
        }
        return answer;
    }

    void settle(Claim claim, double rows, Run run) {
        var job = server.job(claim.shard().job());
        var rate = job.rate;
        if (rate != null && job.pace != null && server.mutant != Mutant.RESERVATION_NOT_SETTLED) {
            job.pace.settle(server.clock() / 1e6, rows);
            run.paid += rows;
        } else if (server.mutant != Mutant.RESERVATION_NOT_SETTLED) {
            run.uncertain = true;
        }
    }

    private PaceModel clock(JobRow job, SlotLimits limits) {
        var pace = job.pace;
        if (pace == null) {
            pace = new PaceModel(limits.rowsPerSecond().orElseThrow(), server.clock() / 1e6);
            job.pace = pace;
        }
        return pace;
    }
}
