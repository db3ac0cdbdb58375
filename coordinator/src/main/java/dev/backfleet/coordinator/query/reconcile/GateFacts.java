package dev.backfleet.coordinator.query.reconcile;

import dev.backfleet.common.job.JobState;
import dev.backfleet.common.unit.HumanDuration;
import dev.backfleet.common.unit.HumanText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is stored about a job and its last reconcile, read at one moment; decides the verdict.
 *
 * @param state the job's state
 * @param finishedAt when the job ended; null: it has not
 * @param quarantined rows of the job that are in quarantine now, of the tenant if one was asked for
 * @param pass its last reconcile that has finished; null: none has
 * @param rows what that has found
 * @param copies what it has found in the table that takes the copies; null: the job copies no rows
 * @param foreignTables partitions of the table that are foreign tables, which are not read
 * @param unfinished a reconcile that has not ended in success after that one; null: there is none
 */
public record GateFacts(
        long job,
        String name,
        JobState state,
        @Nullable Instant finishedAt,
        long quarantined,
        @Nullable Pass pass,
        @Nullable WrongRowCounts rows,
        @Nullable Copies copies,
        long foreignTables,
        @Nullable Unfinished unfinished) {

    /** Copies of no row are counted up to this many. */
    public static final int MOST_ORPHANS = 1_000;

    /**
     * A reconcile that is not the last one that has finished.
     *
     * @param name its name
     * @param state its state
     */
    public record Unfinished(String name, JobState state) {}

    /**
     * Copies that are of no row.
     *
     * @param orphans how many, counted up to {@link #MOST_ORPHANS}; nothing: they, or rows that share a copy, could not be counted in
     *     time
     */
    public record Copies(Optional<Long> orphans) {}

    /**
     * The answer.
     *
     * @param tenant the tenant that was asked for; null: all
     * @param maxAge how long ago the reconcile may have ended; nothing: any time
     */
    public GateAnswer answer(@Nullable String tenant, Optional<Duration> maxAge) {
        var incomplete = new ArrayList<String>();
        if (state != JobState.SUCCEEDED) {
            incomplete.add("the job is " + state);
        }
        if (quarantined > 0) {
            incomplete.add(rows(quarantined) + " of the job " + (quarantined == 1 ? "is" : "are")
                    + " in quarantine: 'backfleet quarantine " + name + "' lists them");
        }
        var drift = new ArrayList<String>();
        if (pass == null || rows == null) {
            incomplete.add("no reconcile of the job has finished" + follow());
        } else {
            found(rows, drift, incomplete);
            orphans(tenant).ifPresent(incomplete::add);
            incomplete.addAll(old(pass, maxAge));
        }
        var verdict =
                !drift.isEmpty() ? GateVerdict.DRIFT : incomplete.isEmpty() ? GateVerdict.SAFE : GateVerdict.INCOMPLETE;
        drift.addAll(incomplete);
        return new GateAnswer(job, name, tenant, verdict, drift, notes(), pass, rows);
    }

    private void found(WrongRowCounts rows, List<String> drift, List<String> incomplete) {
        if (rows.missing() > 0) {
            drift.add(rows(rows.missing()) + (rows.missing() == 1 ? " was" : " were") + " left out");
        }
        if (rows.different() > 0) {
            drift.add(rows(rows.different()) + (rows.different() == 1 ? " has" : " have") + " other values"
                    + (copies == null
                            ? ""
                            : rows.different() == 1
                                    ? ", or shares its copy with another row"
                                    : ", or share their copy with another row"));
        }
        if (rows.failed() > 0) {
            drift.add("for " + rows(rows.failed()) + ", no value could be computed");
        }
        if (rows.quarantined() > 0) {
            incomplete.add(rows(rows.quarantined()) + (rows.quarantined() == 1 ? " was" : " were")
                    + " in quarantine when the rows were compared");
        }
    }

    // They are not counted by tenant: one may have all of them.
    private Optional<String> orphans(@Nullable String tenant) {
        if (copies == null) {
            return Optional.empty();
        }
        if (copies.orphans().isEmpty()) {
            return Optional.of(
                    "copies that are of no row, or shared by rows, could not be counted in time, or not be read");
        }
        var count = copies.orphans().get();
        return count == 0
                ? Optional.empty()
                : Optional.of((count >= MOST_ORPHANS ? "at least " : "") + HumanText.number(count)
                        + (count == 1 ? " copy is" : " copies are") + " of no row"
                        + (tenant == null ? "" : ", of all tenants")
                        + ": the row was deleted, or somebody else has inserted "
                        + (count == 1 ? "it" : "them"));
    }

    private List<String> old(Pass last, Optional<Duration> maxAge) {
        var reasons = new ArrayList<String>();
        if (finishedAt != null && last.startedAt().isBefore(finishedAt)) {
            reasons.add("the job has run again since the last reconcile began" + follow());
        }
        var age = Duration.ofSeconds((long) last.ageSeconds());
        maxAge.filter(most -> last.ageSeconds() > most.toMillis() / 1000.0)
                .ifPresent(most -> reasons.add("the last reconcile ended " + HumanText.elapsed(age)
                        + " ago, and may be " + HumanDuration.format(most) + " old" + follow()));
        if (foreignTables > 0) {
            reasons.add((foreignTables == 1
                            ? "a partition is a foreign table"
                            : foreignTables + " partitions are foreign tables")
                    + ", whose rows are neither changed nor compared");
        }
        return reasons;
    }

    // What leads to a newer verdict.
    private String follow() {
        if (unfinished == null) {
            return ": 'backfleet reconcile " + name + "' begins one";
        }
        return ": " + unfinished.name() + " is " + unfinished.state() + ", see 'backfleet status " + unfinished.name()
                + "'";
    }

    private List<String> notes() {
        return Stream.concat(notJudged().stream(), newOnly().stream()).toList();
    }

    private Optional<String> newOnly() {
        var count = rows == null || rows.newOnly() == null ? 0 : rows.newOnly();
        return count == 0
                ? Optional.empty()
                : Optional.of(rows(count) + (count == 1 ? " holds" : " hold")
                        + " in the new shape what the old one cannot say: an abort of the migration would lose that");
    }

    private Optional<String> notJudged() {
        if (pass == null || pass.judged() >= pass.scanned()) {
            return Optional.empty();
        }
        var left = pass.scanned() - pass.judged() - (rows == null ? 0 : rows.failed());
        return left <= 0
                ? Optional.empty()
                : Optional.of(rows(left) + (left == 1 ? " was" : " were")
                        + " not judged: by the job's condition, it cannot be told whether the job should have changed "
                        + (left == 1 ? "it" : "them"));
    }

    private static String rows(long rows) {
        return HumanText.number(rows) + (rows == 1 ? " row" : " rows");
    }
}
