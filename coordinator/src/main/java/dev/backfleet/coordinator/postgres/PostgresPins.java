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
import java.util.concurrent.ConcurrentHashMap;

/** What jobs are pinned to, in the control schema. */
public final class PostgresPins implements PinWatch.Pins {
    private final Database database;
    private final Map<Long, String> unchanged = new ConcurrentHashMap<>();

    /** Creates it. */
    public PostgresPins(Database database) {
        this.database = database;
    }

    @Override
    public List<Long> running() {
        var running = database.jdbi().withHandle(handle -> new JobStore(handle).inState(JobState.RUNNING));
        unchanged.keySet().retainAll(running);
        return running;
    }

    // Taken before the look: what changes while it looks is seen by the next one.
    @Override
    public Optional<String> changed(long job) {
        var print = database.jdbi().withHandle(handle -> new PinStore(handle).print(job));
        if (print.equals(unchanged.get(job))) {
            return Optional.empty();
        }
        unchanged.remove(job);
        var differences = database.jdbi().withHandle(handle -> new PinStore(handle).differences(job));
        if (!differences.isEmpty()) {
            return Optional.of(String.join("; ", differences));
        }
        // Those that were taken in are looked at by the next look.
        if (new NewPartitions(database).take(job) == 0) {
            unchanged.put(job, print);
        }
        return Optional.empty();
    }

    @Override
    public boolean halt(long job, String why) {
        return database.jdbi().withHandle(handle -> {
            var halted = new JobStore(handle).move(job, Set.of(JobState.RUNNING), JobState.HALTED, null, why);
            if (halted) {
                PauseProtocol.prove(handle, job);
            }
            return halted;
        });
    }

    /**
     * Lets a HALTED job be resumed though partitions were detached, replaced by others, or came with rows that the job may have
     * changed.
     *
     * @param changeOthers whether the rows of those that are new are changed, all of them
     */
    public void leaveOut(long job, boolean changeOthers) {
        database.jdbi().useTransaction(handle -> {
            var partitions = new PartitionStore(handle, job);
            var others = partitions.arrivals().stream()
                    .filter(PartitionStore.Arrival::replaces)
                    .toList();
            partitions.closeDropped();
            partitions.closeGone();
            if (!changeOthers) {
                others.stream()
                        .filter(partitions::add)
                        .forEach(leaf -> partitions.note(leaf.table(), "is left as it is: its rows are not changed"));
            }
        });
        if (changeOthers) {
            new NewPartitions(database).takeAll(job);
        }
    }

    /** What keeps a HALTED job from going on, in words: what is different, or what PostgreSQL refuses of its change. */
    public List<String> obstacles(long job) {
        // Partitions that were dropped are over when it is resumed; here that is tried, and taken back.
        var differences = database.jdbi().withHandle(handle -> {
            handle.begin();
            try {
                new PartitionStore(handle, job).closeDropped();
                return new PinStore(handle).differences(job);
            } finally {
                handle.rollback();
            }
        });
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
