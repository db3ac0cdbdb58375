package dev.backfleet.coordinator.postgres.catalog;

import dev.backfleet.common.job.JobDefinition;
import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * About how large tables are, without reading them.
 *
 * <p>The planner's estimate, rows per page of the last vacuum or analyze times the present pages, is too high by as much as
 * updates have bloated the table since then: after each row was changed once, it is twice too high. The statistics collector
 * counts inserted and deleted rows, and takes no update for a row; but its counts begin at zero after a crash or a failover,
 * and rows that were counted by an analyze directly after a load are counted twice. So the smaller of both counts, if the
 * collector has seen a vacuum or analyze of the table, which set its counts right.
 */
public final class TableSizes {
    /** The assumed rows of a page if the server has no statistics yet. */
    private static final double UNKNOWN_ROWS_PER_PAGE = 80;

    private static final String SIZE = """
            select coalesce(sum(s.pages), 0)::bigint as pages, bool_and(s.known is not null) as known,
                   coalesce(sum(coalesce(s.known, s.pages * :guess::float8)), 0)::float8 as rows
            from (
              select p.pages,
                     case when coalesce(pg_stat_get_last_vacuum_time(c.oid), pg_stat_get_last_autovacuum_time(c.oid),
                                        pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) is not null
                            then least(pg_stat_get_live_tuples(c.oid), p.planned)
                          when p.planned is not null then p.planned
                          when pg_stat_get_live_tuples(c.oid) > 0 then pg_stat_get_live_tuples(c.oid) end as known
              from pg_catalog.pg_class c
              cross join lateral (
                select s.pages, case when c.reltuples > 0 and c.relpages > 0 then c.reltuples::float8 / c.relpages * s.pages end
                  as planned
                from (select pg_relation_size(c.oid) / current_setting('block_size')::int as pages) s) p
              where c.oid = any(:relations) and c.relkind in ('r', 'm', 't')
            ) s
            """;

    private TableSizes() {}

    /** The size of some tables together. */
    public static Size of(Handle handle, List<JobDefinition.Table> tables) {
        return handle.createQuery(SIZE)
                .bind("guess", UNKNOWN_ROWS_PER_PAGE)
                .bindArray(
                        "relations",
                        Long.class,
                        tables.stream().map(JobDefinition.Table::oid).toArray())
                .map((row, context) -> new Size(row.getLong("pages"), row.getDouble("rows"), row.getBoolean("known")))
                .one();
    }

    /**
     * The size of tables.
     *
     * @param pages their pages now
     * @param rows about how many rows they have
     * @param known whether the server has statistics about all of them; otherwise the rows are guessed from the pages
     */
    public record Size(long pages, double rows, boolean known) {}
}
