package dev.backfleet.coordinator.postgres.plan;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Gives a reconcile of waves the ranges of the shards that it checks, so that it compares exactly the rows of these waves. A partition
 * that was dropped since is left out.
 */
final class CheckedShards {

    private static final String IS_OF_WAVES =
            "select checked_wave is not null from backfleet.job where id = :job and reconciles is not null";

    private static final String COPY = """
            with copied as (
              insert into backfleet.shard (job_id, number, relation, turn, lower, cursor, upper)
              select p.id, row_number() over (order by s.number), s.relation, s.turn, s.lower, s.lower, s.upper
              from backfleet.job p
              join backfleet.shard s on s.job_id = p.reconciles and s.wave <= p.checked_wave
              join backfleet.job_relation r on r.job_id = p.id and r.relation = s.relation
              where p.id = :job
              returning 1
            )
            select (select count(*)::integer from copied) as shards, coalesce(sum(s.rows_walked), 0)::bigint as rows
            from backfleet.job p join backfleet.shard s on s.job_id = p.reconciles and s.wave <= p.checked_wave
            where p.id = :job
            """;

    private final Handle handle;

    CheckedShards(Handle handle) {
        this.handle = handle;
    }

    /** Copies them; nothing if the job is no reconcile of waves. */
    Optional<Copied> copy(long job) {
        var ofWaves = handle.createQuery(IS_OF_WAVES)
                .bind("job", job)
                .mapTo(Boolean.class)
                .findOne()
                .orElse(false);
        return ofWaves
                ? Optional.of(handle.createQuery(COPY)
                        .bind("job", job)
                        .map((row, context) -> new Copied(row.getInt("shards"), row.getLong("rows")))
                        .one())
                : Optional.empty();
    }

    /**
     * What was copied.
     *
     * @param rows how many rows the job that is checked has scanned in these shards
     */
    record Copied(int shards, long rows) {}
}
