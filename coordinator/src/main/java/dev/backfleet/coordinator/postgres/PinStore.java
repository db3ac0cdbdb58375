package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.coordinator.pin.PinnedSpec;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The statements about what jobs are pinned to; {@code backfleet.differences} says what is no longer as it was. */
final class PinStore {

    private static final String PIN = """
            update backfleet.job
            set pinned = backfleet.columns_of(:relation::oid, :columns), key_labels = backfleet.labels_of(:relation::oid, :key)
            where id = :job
            """;

    private static final String DIFFERENCES = "select d from backfleet.differences(:job) d order by d";

    private static final String CHANGED = """
            select j.id, string_agg(d, '; ' order by d) as differences
            from backfleet.job j cross join lateral backfleet.differences(j.id) d
            where j.state = 'RUNNING'
            group by j.id
            """;

    // A partition that came empty holds no row of before: it belongs to the job, without a shard.
    private static final String ADOPT = """
            insert into backfleet.job_relation (job_id, relation, schema_name, table_name)
            select j.id, c.oid, n.nspname, c.relname
            from backfleet.job j
            cross join lateral backfleet.partitions_of((j.definition #>> '{table,oid}')::oid) t
            join pg_class c on c.oid = t.relation join pg_namespace n on n.oid = c.relnamespace
            where j.state = 'RUNNING' and t.is_leaf and c.relkind = 'r'
              and case when exists (select from backfleet.job_relation r where r.job_id = j.id and r.relation = t.relation)
                       then false else pg_relation_size(t.relation) = 0 end
            on conflict do nothing
            """;

    private static final String RESUME = """
            update backfleet.job
            set state = case when rows_estimated is null then 'PLANNING' else 'RUNNING' end, error = null, reason = null
            where id = :job and state = 'HALTED' and not exists (select from backfleet.differences(:job))
            """;

    private final Handle handle;

    PinStore(Handle handle) {
        this.handle = handle;
    }

    /** Pins a job to its columns as they are now. */
    void pin(long job, PinnedSpec spec) {
        handle.createUpdate(PIN)
                .bind("job", job)
                .bind("relation", spec.definition().table().oid())
                .bindArray("columns", String.class, spec.columns())
                .bindArray("key", String.class, keyOf(spec))
                .execute();
    }

    private static List<String> keyOf(PinnedSpec spec) {
        return spec.definition().key().stream().map(KeyColumn::name).toList();
    }

    /** What of a job's pins is different now, in words. */
    List<String> differences(long job) {
        return handle.createQuery(DIFFERENCES)
                .bind("job", job)
                .mapTo(String.class)
                .list();
    }

    /** The jobs that are RUNNING though their pins no longer hold, and what is different. */
    Map<Long, String> changed() {
        return handle.createQuery(CHANGED)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getString("differences")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Makes partitions that came empty part of the jobs over their table. */
    void adoptEmptyPartitions() {
        handle.execute("set local lock_timeout = '500ms'");
        handle.execute(ADOPT);
    }

    /** Lets a HALTED job go on where it stopped, if what it is pinned to is as it was; whether it does. */
    boolean resume(long job) {
        return handle.createUpdate(RESUME).bind("job", job).execute() == 1;
    }
}
