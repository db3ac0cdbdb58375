package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.duty.SchemaDriftCheck;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.operation.control.Resume.Partitions;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import dev.backfleet.coordinator.postgres.control.PauseProtocol;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PartitionStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/** Compares the catalog with the snapshots of jobs, halts jobs, and resumes halted ones. */
public final class PostgresPins implements SchemaDriftCheck.Pins, Resume.Pins {
    private final Database database;
    private final Map<Long, String> unchanged = new ConcurrentHashMap<>();

    public PostgresPins(Database database) {
        this.database = database;
    }

    @Override
    public List<Long> running() {
        var running = database.jdbi().withHandle(handle -> new JobStore(handle).inState(JobState.RUNNING));
        unchanged.keySet().retainAll(running);
        return running;
    }

    // Taken before the comparison: a change during the comparison is seen by the next one.
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
        // New partitions are compared in the next round.
        if (new NewPartitions(database).take(job) == 0) {
            unchanged.put(job, print);
        }
        return Optional.empty();
    }

    @Override
    public boolean halt(long job, String why) {
        return database.jdbi().withHandle(handle -> {
            var halted = new JobStore(handle).setStateIfIn(job, Set.of(JobState.RUNNING), JobState.HALTED, null, why);
            if (halted) {
                PauseProtocol.prove(handle, job);
            }
            return halted;
        });
    }

    @Override
    public void leaveOut(long job, Partitions others, Actor actor) {
        database.jdbi().useTransaction(handle -> {
            leaveOut(handle, job, others);
            new AuditStore(handle)
                    .did(job, actor, "leave partitions out", others.name().toLowerCase(Locale.ROOT));
        });
        if (others == Partitions.CHANGE) {
            new NewPartitions(database).takeAll(job);
        }
    }

    private static void leaveOut(Handle handle, long job, Partitions others) {
        var partitions = new PartitionStore(handle, job);
        var arrivals = partitions.arrivals().stream()
                .filter(PartitionStore.Arrival::replaces)
                .toList();
        partitions.closeDropped();
        partitions.closeGone();
        if (others == Partitions.LEAVE) {
            arrivals.stream()
                    .filter(partitions::add)
                    .forEach(leaf -> partitions.note(leaf.table(), "is left as it is: its rows are not changed"));
        }
    }

    @Override
    public List<String> obstacles(long job, Optional<Partitions> leftOut) {
        // Tries what a resume does to partitions, and rolls it back.
        var differences = database.jdbi().withHandle(handle -> {
            handle.begin();
            try {
                leftOut.ifPresent(others -> {
                    leaveOut(handle, job, others);
                    var partitions = new PartitionStore(handle, job);
                    partitions.arrivals().stream()
                            .filter(PartitionStore.Arrival::replaces)
                            .forEach(partitions::add);
                });
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
        definition.work().set().forEach(set -> catalog.refusal(
                        definition, set.column(), SqlExpression.parse(set.expression()))
                .ifPresent(why -> refusals.add(
                        "PostgreSQL rejects " + Identifier.of(set.column()) + " = " + set.expression() + ": " + why)));
        where(definition)
                .flatMap(where -> catalog.refusal(definition.table(), where))
                .ifPresent(why -> refusals.add("PostgreSQL rejects the condition on rows: " + why));
        return refusals;
    }

    private static Optional<SqlExpression> where(JobDefinition definition) {
        return Optional.ofNullable(definition.work().where()).map(SqlExpression::parse);
    }
}
