package dev.backfleet.common.postgres.key;

import static java.util.stream.Collectors.joining;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.Walk;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Writes in which pass of a walk a row is changed: its class, from 0 on. It follows from the row's key alone, and is the same for equal
 * keys, so that neither a row that moves to another page nor a later statement changes it.
 */
public final class KeyClass {
    // So that the sum is never negative, and a division by the number of passes leaves one of them.
    private static final String POSITIVE = "9223372036854775807::pg_catalog.int8";

    private final Walk walk;

    /** Of the rows of a job, whose walk makes several passes. */
    public KeyClass(JobDefinition job) {
        this.walk = job.walk();
    }

    /**
     * The class of a row, as a bigint.
     *
     * @param column a column of the key, from 1
     */
    public String of(IntFunction<String> column) {
        var passes = walk.passes() + "::pg_catalog.int8";
        var sum = IntStream.rangeClosed(1, walk.hashes().size())
                // In this order, since the name of a column may contain anything.
                .mapToObj(i -> walk.hashes().get(i - 1).replace("$2", passes).replace("$1", column.apply(i)))
                .collect(joining(" operator(pg_catalog.+) "));
        return "(((" + sum + ") operator(pg_catalog.&) " + POSITIVE + ") operator(pg_catalog.%) " + passes + ")";
    }

    /**
     * The condition for a row that a shard has still to change in the pass under way.
     *
     * @param pass the pass that is under way
     * @param merged whether that pass takes all classes that are left
     */
    public String isDue(IntFunction<String> column, String pass, String merged) {
        var row = of(column);
        return "case when " + merged + " then " + row + " operator(pg_catalog.>=) " + pass + " else " + row
                + " operator(pg_catalog.=) " + pass + " end";
    }

    /**
     * The point after which rows of a shard are left, in this pass or a later one.
     *
     * @param shard the alias of the shard's row
     */
    public static String rest(JobDefinition job, String shard) {
        return job.walk().inPasses()
                ? "(case when " + isLast(job, shard) + " then " + shard + ".cursor else " + shard + ".lower end)"
                : shard + ".cursor";
    }

    /** Whether no pass comes after the one under way. */
    public static String isLast(JobDefinition job, String shard) {
        return shard + ".merged or " + shard + ".pass >= " + (job.walk().passes() - 1);
    }
}
