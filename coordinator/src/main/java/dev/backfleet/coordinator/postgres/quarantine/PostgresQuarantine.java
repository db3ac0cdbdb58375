package dev.backfleet.coordinator.postgres.quarantine;

import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.ServerError;
import dev.backfleet.common.error.SqlStates;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.PaceRow;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.postgres.SessionSnapshot;
import dev.backfleet.common.postgres.TriggerLookup;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.control.Resume;
import dev.backfleet.coordinator.operation.quarantine.DropRows;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine.RetryRefusedException;
import dev.backfleet.coordinator.operation.quarantine.RetryQuarantine.Work;
import dev.backfleet.coordinator.operation.quarantine.RetryRows;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Attempt;
import dev.backfleet.coordinator.operation.quarantine.RetryRows.Verdict;
import dev.backfleet.coordinator.postgres.audit.AuditStore;
import dev.backfleet.coordinator.postgres.control.ControlRepository;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.PinStore;
import dev.backfleet.coordinator.query.quarantine.ListQuarantine;
import dev.backfleet.coordinator.query.quarantine.QuarantinePage;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;

/** Lists, retries and dismisses the rows in quarantine. */
public final class PostgresQuarantine
        implements RetryQuarantine.Quarantine, DropRows.Rows, ListQuarantine.Pages, Resume.Budgets {

    // In a deadlock with the application this statement fails, not the application's.
    private static final List<String> SESSION = List.of(
            "set enable_seqscan = off",
            SessionSettings.timeouts(Map.of("statement_timeout", 0.8, "lock_timeout", 0.2)));

    // The row that the statement locks, and that a pause of the fleet waits for, must exist.
    private static final String FLEET_RUNS =
            "insert into backfleet.control (scope, state) values ('fleet', 'RUN') on conflict do nothing";

    private static final String TOO_SLOW = "takes longer than batch.row-timeout";

    private final Database database;

    public PostgresQuarantine(Database database) {
        this.database = database;
    }

    @Override
    public QuarantinePage page(long job, long after, int limit) {
        return database.jdbi().inTransaction(handle -> {
            var store = new QuarantineStore(handle);
            var rows = store.page(job, after, limit + 1);
            var shown = rows.subList(0, Math.min(limit, rows.size()));
            return new QuarantinePage(
                    store.count(job),
                    store.reasons(job),
                    keyColumns(handle, job),
                    shown,
                    rows.size() > limit ? shown.get(limit - 1).number() : null);
        });
    }

    @Override
    public List<String> keyColumns(long job) {
        return database.jdbi().withHandle(handle -> keyColumns(handle, job));
    }

    @Override
    public RetryQuarantine.Standing standing(long job) {
        return database.jdbi().withHandle(handle -> {
            var state = new JobStore(handle).state(job).orElseThrow(() -> Lookup.gone(job));
            return new RetryQuarantine.Standing(
                    state,
                    new ControlRepository(handle)
                            .desired(Scope.FLEET)
                            .filter(desired -> desired != DesiredState.RUN)
                            .isPresent(),
                    state == JobState.HALTED ? new PinStore(handle).differences(job) : List.of(),
                    new JobStore(handle).definition(job).orElseThrow().work().changesRows());
        });
    }

    @Override
    public List<Long> numbers(long job, Optional<List<String>> key) {
        return database.jdbi().withHandle(handle -> new QuarantineStore(handle).numbers(job, key));
    }

    @Override
    public List<Long> begin(long job, Optional<List<String>> key, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var numbers = new QuarantineStore(handle).numbers(job, key);
            if (!numbers.isEmpty()) {
                var what = key.map(values -> "key " + values)
                        .orElse(numbers.size() + (numbers.size() == 1 ? " row" : " rows"));
                new AuditStore(handle).did(job, actor, "quarantine retry", what);
            }
            return numbers;
        });
    }

    @Override
    public long drop(long job, Optional<List<String>> key, Actor actor) {
        return database.jdbi().inTransaction(handle -> {
            var dropped = new QuarantineStore(handle).drop(job, key);
            if (dropped.words() != null) {
                var which = key.map(values -> "key " + values + ", ").orElse("");
                new AuditStore(handle).did(job, actor, "quarantine drop", which + dropped.words());
            }
            return dropped.rows();
        });
    }

    @Override
    public Optional<Resume.SpentBudget> spent(long job) {
        return database.jdbi().withHandle(handle -> new QuarantineStore(handle).spent(job));
    }

    @Override
    public RetryRows.Outcome retrying(long job, Work work) throws InterruptedException {
        try (var handle = database.jdbi().open()) {
            var before = print(handle);
            SESSION.forEach(handle::execute);
            try {
                return retrying(handle, job, work);
            } finally {
                restoreTo(before, handle); // the session returns to the pool
            }
        }
    }

    private static RetryRows.Outcome retrying(Handle handle, long job, Work work) throws InterruptedException {
        handle.execute(FLEET_RUNS);
        PaceRow.startIfLimited(handle, job);
        var definition = new JobStore(handle).definition(job).orElseThrow();
        var relations = relations(handle, job, definition);
        var session = print(handle);
        return work.with(number -> {
            var attempt = retry(handle, job, definition, relations, number);
            restoreTo(session, handle);
            return attempt;
        });
    }

    /** The table of a job with some OID, as it is called now; nothing if it was dropped. */
    static Optional<JobDefinition.Table> relation(Handle handle, long job, JobDefinition definition, long oid) {
        return Optional.ofNullable(relations(handle, job, definition).get(oid));
    }

    // A partition may have been renamed. The job's own table keeps the name under which it was submitted.
    private static Map<Long, JobDefinition.Table> relations(Handle handle, long job, JobDefinition definition) {
        var relations = new JobRelationStore(handle)
                .present(job).stream().collect(Collectors.toMap(JobDefinition.Table::oid, table -> table));
        relations.computeIfPresent(definition.table().oid(), (oid, table) -> definition.table());
        return relations;
    }

    private static SessionSnapshot print(Handle handle) {
        try {
            return SessionSnapshot.of(handle.getConnection());
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    // A trigger may have changed settings of the session: they must not affect the next row.
    private static void restoreTo(SessionSnapshot session, Handle handle) {
        try {
            session.restoreTo(handle.getConnection());
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static Attempt retry(
            Handle handle, long job, JobDefinition definition, Map<Long, JobDefinition.Table> relations, long number) {
        var store = new QuarantineStore(handle);
        var relation = store.relation(number).map(relations::get);
        if (relation.isEmpty()) {
            // Its partition was dropped with the row; or the row was dismissed.
            return new Attempt(store.removeDropped(job, number) ? Verdict.NO_NEED : Verdict.GONE, Duration.ZERO);
        }
        var row = new RetryStatement(definition, relation.get());
        var connection = handle.getConnection();
        try {
            var verdict = row.run(connection, job, number);
            return new Attempt(
                    verdict,
                    verdict == Verdict.CHANGED ? PaceRow.charge(handle, job, 1).orElse(Duration.ZERO) : Duration.ZERO);
        } catch (SQLException e) {
            var error = TriggerLookup.located(
                    connection,
                    ServerErrors.ofRows(e, () -> row.plan(connection, job, number)),
                    relation.get().oid());
            return rejected(store, number, error, SafeErrorMessage.words(error, ServerErrors.role(connection)), e);
        }
    }

    private static Attempt rejected(
            QuarantineStore store, long number, ServerError error, String words, SQLException e) {
        var kind = SqlStates.kind(error);
        if (kind == ErrorKind.TRANSIENT) {
            return new Attempt(Verdict.BUSY, Duration.ZERO);
        }
        if (kind != ErrorKind.REFUSED_ROW && kind != ErrorKind.TIMED_OUT) {
            throw new RetryRefusedException(error.code() + ": " + words, e);
        }
        store.rejectedAgain(number, error.code(), kind == ErrorKind.TIMED_OUT ? TOO_SLOW : words);
        return new Attempt(Verdict.REFUSED, Duration.ZERO);
    }

    static List<String> keyColumns(Handle handle, long job) {
        return new JobStore(handle)
                .definition(job).orElseThrow().key().stream()
                        .map(column -> column.name())
                        .toList();
    }
}
