package dev.backfleet.coordinator.postgres.plan;

import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.error.ErrorKind;
import dev.backfleet.common.error.SafeErrorMessage;
import dev.backfleet.common.error.SqlStates;
import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.postgres.ServerErrors;
import dev.backfleet.common.unit.HumanText;
import dev.backfleet.coordinator.duty.CompletenessCheck;
import dev.backfleet.coordinator.postgres.job.CompletenessStore;
import dev.backfleet.coordinator.postgres.job.JobRelationStore;
import dev.backfleet.coordinator.postgres.job.JobStore;
import dev.backfleet.coordinator.postgres.job.NoteStore;
import dev.backfleet.coordinator.postgres.shard.ShardStore;
import dev.backfleet.coordinator.postgres.undo.KeptRowStore;
import dev.backfleet.coordinator.query.undo.ShowKept;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Finds what jobs whose shards are done have left out: by their counts, and by a search of their tables for a few seconds. */
public final class PostgresCompleteness implements CompletenessCheck.Ends {
    private static final Duration LONGEST = Duration.ofSeconds(3);
    private static final long SAMPLE_MILLIS = 1_000;

    /** A difference up to this many rows between the server's estimate and the count is ignored. */
    private static final long FEW_ROWS = 1_000;

    private static final String ROWS = "rows of the table";
    private static final String UNCHANGED = "rows unchanged";
    private static final String MATCHING = "rows matching";
    private static final String ORPHANS = "copies of no row";
    private static final String NOT_PUT_BACK = "rows not put back";

    private final Database database;
    private final Ticker ticker;

    public PostgresCompleteness(Database database, Ticker ticker) {
        this.database = database;
        this.ticker = ticker;
    }

    @Override
    public List<Long> through() {
        return database.jdbi().withHandle(handle -> new JobStore(handle)
                .inState(JobState.RUNNING).stream()
                        .filter(job -> CompletenessStore.of(handle, job).waits() && !new ShardStore(handle).isOpen(job))
                        .toList());
    }

    @Override
    public void look(long job) {
        var counts = database.jdbi()
                .withHandle(handle -> CompletenessStore.of(handle, job).counts());
        var definition = database.jdbi()
                .withHandle(handle -> new JobStore(handle).definition(job).orElseThrow());
        var matching = counts.failed() ? null : matching(job, definition);
        var undone = definition.work().old().undoes();
        if (!counts.failed() && undone != null) {
            conflicts(job, undone);
        }
        var shared = definition.work() instanceof CompareRows compare && compare.copied() != null
                ? new SharedCopies(definition)
                : null;
        var orphans = shared == null ? null : orphans(job, definition, shared);
        database.jdbi().useTransaction(handle -> {
            var unchanged = counts.failed() ? null : unchanged(handle, job, definition, counts);
            if (!counts.failed()) {
                compareWithTable(handle, job, counts);
            }
            if (shared != null) {
                shared.store(handle, job);
            }
            CompletenessStore.of(handle, job).looked(unchanged, matching, orphans);
        });
    }

    // Whatever fails here must not keep the reconcile from ending. Without both counts, nothing is proven.
    private @Nullable Long orphans(long job, JobDefinition definition, SharedCopies shared) {
        return database.jdbi().withHandle(handle -> {
            var notes = new NoteStore(handle);
            notes.forget(job, ORPHANS);
            try {
                var sharing = inTransaction(handle, () -> shared.find(handle, LONGEST));
                if (sharing == null) {
                    notes.tell(
                            job,
                            ORPHANS,
                            "rows that share a copy were not looked for: it took longer than " + LONGEST.toSeconds()
                                    + " s; a unique index over the columns that give the key proves that there are none");
                    return null;
                }
                if (sharing > 0) {
                    notes.tell(
                            job,
                            ORPHANS,
                            (sharing >= SharedCopies.MOST ? "at least " : "") + HumanText.number(sharing)
                                    + (sharing == 1 ? " row shares its" : " rows share their")
                                    + " copy with another row, which gives the same key; counted as different or quarantined");
                }
                return inTransaction(handle, () -> OrphanedCopies.count(handle, definition, LONGEST));
            } catch (SQLException e) {
                notes.tell(job, ORPHANS, "copies that are of no row, or of several, were not counted: " + words(e));
                return null;
            }
        });
    }

    // What an undo leaves was changed or deleted by others; or its old values are rejected, and it is in quarantine.
    private void conflicts(long job, long undone) {
        database.jdbi().useTransaction(handle -> {
            var notes = new NoteStore(handle);
            notes.forget(job, NOT_PUT_BACK);
            var kept = new KeptRowStore(handle);
            var left = kept.count(undone, ShowKept.MOST_COUNTED);
            if (left > 0) {
                var name = kept.kept(undone).orElseThrow().name();
                notes.tell(
                        job,
                        NOT_PUT_BACK,
                        (left >= ShowKept.MOST_COUNTED ? "at least " : "") + HumanText.number(left)
                                + (left == 1 ? " row was" : " rows were")
                                + " not put back: changed or deleted by others after job " + name
                                + ", or in quarantine; 'backfleet undo " + name + " --show' lists them");
            }
        });
    }

    // With a condition it is not known how many rows should have been changed.
    private static @Nullable Long unchanged(
            Handle handle, long job, JobDefinition definition, CompletenessStore.Counts counts) {
        var notes = new NoteStore(handle);
        notes.forget(job, UNCHANGED);
        var rows = counts.unchanged();
        // A row whose copy was there already is passed over: that is no row that was left out.
        var isKnown = definition.work().kind() == Work.Kind.UPDATE_ROWS
                && definition.work().where() == null;
        if (!isKnown || rows == 0) {
            return null;
        }
        var triggers = CompletenessStore.of(handle, job).triggers();
        notes.tell(
                job,
                UNCHANGED,
                HumanText.number(rows) + (rows == 1 ? " row of the range was" : " rows of the range were")
                        + " neither changed nor quarantined: "
                        + (triggers == null
                                ? "the application has deleted or moved them in the meantime, or their quarantine was dismissed"
                                : "a BEFORE trigger returned NULL (" + triggers
                                        + "), or the application has deleted them in the meantime"));
        return triggers == null ? null : rows;
    }

    private static void compareWithTable(Handle handle, long job, CompletenessStore.Counts counts) {
        var notes = new NoteStore(handle);
        notes.forget(job, ROWS);
        var believed = CompletenessStore.of(handle, job).inTable();
        if (believed != null && believed - counts.walked() > FEW_ROWS && counts.walked() < believed * 0.8) {
            notes.tell(
                    job,
                    ROWS,
                    "scanned " + HumanText.number(counts.walked())
                            + " rows, but the server estimates the table at about "
                            + HumanText.number(believed)
                            + ": check that no row security policy hides rows, and run ANALYZE");
        }
    }

    // Whatever fails here must not keep a job from ending.
    private @Nullable Long matching(long job, JobDefinition definition) {
        var where = definition.work().where();
        if (where == null
                || definition.work().old().undoes() != null
                || !MatchingRows.tellsChangedRows(definition, where)) {
            return null;
        }
        try {
            return database.jdbi().withHandle(handle -> {
                new NoteStore(handle).forget(job, MATCHING);
                return matching(handle, job, definition, where);
            });
        } catch (SQLException e) {
            note(job, "the last look for rows that still match where failed: " + words(e));
            return null;
        }
    }

    private @Nullable Long matching(Handle handle, long job, JobDefinition definition, String where)
            throws SQLException {
        var end = ticker.now().plus(LONGEST);
        var rows = new MatchingRows(handle, job, definition, where);
        var found = 0L;
        for (var relation : new JobRelationStore(handle).present(job)) {
            var left = end.minus(ticker.now()).toMillis();
            var counted = left > 0 ? in(handle, job, rows, relation, false, left) : null;
            if (counted == null) {
                var sampled = in(handle, job, rows, relation, true, SAMPLE_MILLIS);
                note(
                        job,
                        "the last look for rows that still match where was cut short after " + LONGEST.toSeconds()
                                + " s: the table was not looked through");
                return found + (sampled == null ? 0 : sampled);
            }
            found += counted;
            if (found >= MatchingRows.MOST) {
                break;
            }
        }
        return found;
    }

    // A row whose change PostgreSQL rejects still needs it. It may have been inserted or changed since the job passed
    // it.
    private @Nullable Long in(
            Handle handle, long job, MatchingRows rows, JobDefinition.Table relation, boolean sampled, long millis)
            throws SQLException {
        try {
            return inTransaction(handle, () -> rows.in(relation, sampled, true, millis));
        } catch (SQLException e) {
            // A lock that did not come, or a lost connection, says nothing of a row.
            if (SqlStates.kind(ServerErrors.ofRows(e)) != ErrorKind.REFUSED_ROW) {
                throw e;
            }
            var counted = inTransaction(handle, () -> rows.in(relation, sampled, false, millis));
            note(job, "the change of a row that still matches where would be rejected: " + words(e));
            return counted;
        }
    }

    private static String words(SQLException e) {
        return e.getSQLState() + ": " + SafeErrorMessage.words(ServerErrors.ofRows(e), null);
    }

    private static @Nullable Long inTransaction(Handle handle, Count count) throws SQLException {
        handle.execute("start transaction read only");
        try {
            handle.execute("set local lock_timeout = '500ms'");
            var counted = count.count();
            return counted.isPresent() ? counted.getAsLong() : null;
        } finally {
            handle.execute("rollback");
        }
    }

    private void note(long job, String text) {
        database.jdbi().useHandle(handle -> new NoteStore(handle).tell(job, MATCHING, text));
    }

    private interface Count {
        OptionalLong count() throws SQLException;
    }
}
