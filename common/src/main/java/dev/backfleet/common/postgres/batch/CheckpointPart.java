package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.key.KeyClass;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The checkpoint in a statement: how it is moved, and what a walk in several passes adds. The fence then has the pass, the scans take the
 * rows of its class, and where a pass ends, the checkpoint goes back to the shard's lower bound.
 */
final class CheckpointPart {

    /** Moves the checkpoint past the range, after the work's part has counted what it changed in {@code backfleet_counted}. */
    static final String MOVE = """
            ), backfleet_move as (
              update backfleet.shard s
              set cursor = {next-point},{next-pass}
                  rows_walked = s.rows_walked + (select walked from backfleet_walked),
                  rows_changed = s.rows_changed + (select changed from backfleet_counted),
                  batches = s.batches + 1,
                  last_batch_at = clock_timestamp(),
                  state = case when {is-done} then 'DONE' else s.state end,
                  worker = case when not {is-done} then s.worker end,
                  lease_until = case when not {is-done}
                    then clock_timestamp() + make_interval(secs => (select lease from backfleet_input)) end
              from backfleet_range r
              where s.job_id = (select job from backfleet_input) and s.number = (select number from backfleet_input)
              returning s.cursor, {moved-to}
            )
            select {moved-cursor},
                   (select walked from backfleet_walked) as walked,
                   (select changed from backfleet_counted) as changed,
                   m.done, t.rate, t.slots, t.batch_seconds, t.wanted,
                   set_config('synchronous_commit',
                     case when m.done then current_setting('synchronous_commit') else 'off' end, true)
            from backfleet_move m
            cross join backfleet_input i
            cross join lateral backfleet.terms(i.job, i.number) t
            """;

    // All of it is read from the shard's row under the fence: the coordinator may split it, or merge what is left.
    private static final String LAST = "(select merged or pass >= %d from backfleet_fence)";

    private static final String MERGE =
            "(select j.merge_passes from backfleet.job j where j.id = (select job from backfleet_input))";

    private final JobDefinition job;
    private final boolean several;

    CheckpointPart(JobDefinition job) {
        this.job = job;
        this.several = job.walk().inPasses();
    }

    /** A column of the statement's input, with a comma before it. */
    String input() {
        return several ? ", ?::smallint as pass" : "";
    }

    /** The columns of the shard that the other parts need, with a comma before them. */
    String columns() {
        return several ? ", s.pass, s.merged, s.lower" : "";
    }

    /** The condition of the fence, beginning with AND. */
    String fence() {
        return several ? "\n    and s.pass = (select pass from backfleet_input)" : "";
    }

    /** The condition for the rows of the pass, beginning with AND. */
    String due(IntFunction<String> column) {
        return several
                ? " and "
                        + new KeyClass(job)
                                .isDue(
                                        column,
                                        "(select pass from backfleet_fence)",
                                        "(select merged from backfleet_fence)")
                : "";
    }

    /** The placeholders of the texts that move the checkpoint. */
    Map<String, String> placeholders() {
        if (!several) {
            return Map.of(
                    "pass-input", "",
                    "is-done", "r.last",
                    "next-point", "r.point",
                    "next-pass", "",
                    "pass-unless-stopped", "",
                    "moved-to", "r.last as done",
                    "and-pass", "",
                    "moved-cursor", "m.cursor");
        }
        var last = LAST.formatted(job.walk().passes() - 1);
        var turns = "r.last and not " + last;
        return Map.of(
                "pass-input",
                input(),
                "is-done",
                "(r.last and " + last + ")",
                "next-point",
                "case when " + turns + " then (select lower from backfleet_fence) else r.point end",
                "next-pass",
                next(turns),
                "pass-unless-stopped",
                next("n.status <> 'JOB_STOPPED' and " + turns),
                "moved-to",
                "s.pass, s.state = 'DONE' as done",
                "and-pass",
                ", s.pass",
                "moved-cursor",
                "m.cursor, m.pass");
    }

    private static String next(String turns) {
        return "\n      pass = case when " + turns
                + " then s.pass + 1 else s.pass end,\n      merged = s.merged or case when " + turns + " then " + MERGE
                + " else false end,";
    }
}
