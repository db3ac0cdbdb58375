package dev.backfleet.coordinator.operation.derived;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.spec.Limits;
import java.util.List;

/**
 * A job to be stored that is derived from another one. It has the throttle and the window of that one.
 *
 * @param origin the other one
 * @param spec its spec, for people
 * @param columns the columns that it uses: none of them may change while it runs
 */
public record DerivedJob(
        OriginJob origin,
        Derivation derivation,
        String spec,
        JobDefinition definition,
        List<String> columns,
        Limits limits) {
    public DerivedJob {
        columns = List.copyOf(columns);
    }

    /** An update, whose spec is made from its definition. */
    public static DerivedJob update(
            OriginJob origin, Derivation derivation, JobDefinition definition, List<String> columns, Limits limits) {
        var spec = DerivedSpec.text(derivation.command(), derivation.nameOf(origin.name()), definition);
        return new DerivedJob(origin, derivation, spec, definition, columns, limits);
    }

    /** Its name. */
    public String name() {
        return derivation.nameOf(origin.name());
    }

    /**
     * One that was stored. It is PLANNING: the leader cuts the table into shards next.
     *
     * @param id its id
     * @param name its name
     * @param origin the id of the job from which it is derived
     * @param job the name of that job
     */
    public record Started(long id, String name, long origin, String job) {}
}
