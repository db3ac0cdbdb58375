package dev.backfleet.coordinator.postgres;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.pin.PinWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What jobs are pinned to, in the control schema. */
public final class PostgresPins implements PinWatch.Pins {
    private final Database database;

    /** Creates it. */
    public PostgresPins(Database database) {
        this.database = database;
    }

    @Override
    public Map<Long, String> changed() {
        return database.jdbi().inTransaction(handle -> {
            var pins = new PinStore(handle);
            pins.adoptEmptyPartitions();
            return pins.changed();
        });
    }

    @Override
    public boolean halt(long job, String why) {
        return database.jdbi().withHandle(handle -> {
            var halted = new JobStore(handle).move(job, Set.of(JobState.RUNNING), JobState.HALTED, null, why);
            if (halted) {
                new ShardStore(handle).takeBack(Optional.of(job));
            }
            return halted;
        });
    }

    /** What keeps a HALTED job from going on, in words: what is different, or what PostgreSQL refuses of its change. */
    public List<String> obstacles(long job) {
        var differences = database.jdbi().withHandle(handle -> new PinStore(handle).differences(job));
        return differences.isEmpty() ? refusals(job) : differences;
    }

    private List<String> refusals(long job) {
        var definition = database.jdbi()
                .withHandle(handle -> new JobStore(handle).definition(job))
                .orElseThrow();
        var catalog = new PostgresCatalog(database);
        var refusals = new ArrayList<String>();
        definition.set().forEach(set -> catalog.refusal(
                        definition.table(), set.column(), SqlExpression.parse(set.expression()))
                .ifPresent(why -> refusals.add(
                        "PostgreSQL refuses " + Identifier.of(set.column()) + " = " + set.expression() + ": " + why)));
        where(definition)
                .flatMap(where -> catalog.refusal(definition.table(), where))
                .ifPresent(why -> refusals.add("PostgreSQL refuses the condition on rows: " + why));
        return refusals;
    }

    private static Optional<SqlExpression> where(JobDefinition definition) {
        return Optional.ofNullable(definition.where()).map(SqlExpression::parse);
    }
}
