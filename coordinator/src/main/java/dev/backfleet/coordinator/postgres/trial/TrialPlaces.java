package dev.backfleet.coordinator.postgres.trial;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.sql.Identifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;

/**
 * Finds places all over a table, at which batches are tried: quantiles of a sample of its keys. No two of them overlap, so that
 * batches at the same time do not wait for each other.
 */
final class TrialPlaces {
    /** Tables up to this size, in pages, are read whole. */
    private static final long SMALL_PAGES = 2_000;

    private static final double SAMPLED_PAGES = 500;

    private static final String PAGES = """
            select c.oid::bigint as oid, pg_relation_size(c.oid) / current_setting('block_size')::int as pages
            from pg_catalog.pg_class c where c.oid = any(:leaves) and c.relkind = 'r'
            """;

    private static final String BOUNDS = """
            with sample as materialized (
              select {columns} from only {relation} k {tablesample}
            ), numbered as (
              select *, row_number() over (order by {key}) as place, count(*) over () as n from sample
            )
            select array[{key-text}] as bound from numbered
            where place * :bounds / n > (place - 1) * :bounds / n
            order by {key}
            """;

    private final Handle handle;
    private final JobDefinition job;

    TrialPlaces(Handle handle, JobDefinition job) {
        this.handle = handle;
        this.job = job;
    }

    /** At most as many places as asked for, spread over the leaves by their size, in an order that alternates between far ends. */
    List<TrialPlace> find(List<JobDefinition.Table> leaves, int wanted) {
        var pages = pages(leaves);
        var all = pages.values().stream().mapToLong(size -> size).sum();
        var places = new ArrayList<TrialPlace>();
        long before = 0;
        for (var leaf : leaves) {
            long size = pages.getOrDefault(leaf.oid(), 0L);
            var share = all == 0 ? 0 : (int) ((before + size) * wanted / all - before * wanted / all);
            before += size;
            if (share > 0) {
                places.addAll(of(leaf, size, share));
            }
        }
        return spread(places);
    }

    private Map<Long, Long> pages(List<JobDefinition.Table> leaves) {
        var pages = new LinkedHashMap<Long, Long>();
        handle.createQuery(PAGES)
                .bindArray(
                        "leaves",
                        Long.class,
                        leaves.stream().map(JobDefinition.Table::oid).toArray())
                .map((row, context) -> Map.entry(row.getLong("oid"), row.getLong("pages")))
                .forEach(entry -> pages.put(entry.getKey(), entry.getValue()));
        return pages;
    }

    private List<TrialPlace> of(JobDefinition.Table leaf, long pages, int wanted) {
        var bounds = handle.createQuery(statement(leaf, pages))
                .bind("bounds", wanted + 1)
                .map((row, context) -> List.of((String[]) row.getArray("bound").getArray()))
                .list();
        return IntStream.range(1, bounds.size())
                .mapToObj(i -> new TrialPlace(leaf, bounds.get(i - 1), bounds.get(i)))
                .toList();
    }

    private String statement(JobDefinition.Table leaf, long pages) {
        return BOUNDS.replace("{columns}", each("k.%s::%s as k%d"))
                .replace("{relation}", leaf.escaped())
                .replace("{tablesample}", pages <= SMALL_PAGES ? "" : tablesample(pages))
                .replace("{key-text}", each("k%3$d::text"))
                .replace("{key}", each("k%3$d"));
    }

    // Other pages than those that planning samples would do as well: the same for the same table, so that a trial can
    // be repeated.
    private static String tablesample(long pages) {
        return String.format(Locale.ROOT, "tablesample system (%.6f) repeatable (1)", 100 * SAMPLED_PAGES / pages);
    }

    private String each(String format) {
        return String.join(
                ", ",
                IntStream.rangeClosed(1, job.key().size())
                        .mapToObj(i -> {
                            var column = job.key().get(i - 1);
                            return format.formatted(Identifier.of(column.name()).escaped(), column.type(), i);
                        })
                        .toList());
    }

    // The golden ratio's multiples: whichever of them are used, they are all over the table.
    private static List<TrialPlace> spread(List<TrialPlace> places) {
        return IntStream.range(0, places.size())
                .mapToObj(i -> new Turn((i * 0.6180339887498949) % 1, places.get(i)))
                .sorted((one, other) -> Double.compare(one.at, other.at))
                .map(Turn::place)
                .toList();
    }

    /** A place, and where it stands in the order in which the places are used. */
    private record Turn(double at, TrialPlace place) {}
}
