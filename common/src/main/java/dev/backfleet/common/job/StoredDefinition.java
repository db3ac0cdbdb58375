package dev.backfleet.common.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.backfleet.common.job.kind.Assignment;
import dev.backfleet.common.job.kind.CompareRows;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.OldValues;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.UpdateRows;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.stored.UnreadableException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job definition as the control schema stores it. The fields of an update stand beside the others, where releases that know
 * no other kind of work read and write them.
 *
 * @param kind the kind of work; null: an update, as stored by releases that know no other kind
 * @param triggers null in definitions that are older than the choice, where they fire, and of other kinds of work
 * @param compare the comparison, if the work is one
 * @param old what becomes of the values that an update overwrites; null: they are lost
 * @param migration the migration that an update or a copy belongs to; null: none
 * @param copy the copy, if the work is one
 * @param walk in how many passes an update is done; null: in one
 */
record StoredDefinition(
        JobDefinition.Table table,
        List<KeyColumn> key,
        boolean tenantLed,
        @Nullable String kind,
        List<Assignment> set,
        @Nullable String where,
        long shardRows,
        Duration batchDuration,
        int batchMaxRows,
        @Nullable Triggers triggers,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CompareRows compare,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OldValues old,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String migration,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable CopyRows copy,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Walk walk) {

    static StoredDefinition of(JobDefinition job) {
        return switch (job.work().kind()) {
            case UPDATE_ROWS ->
                of(job, job.updateRows().where(), job.updateRows().triggers(), null, null);
            case COMPARE_ROWS -> of(job, null, null, job.compareRows(), null);
            case COPY_ROWS -> of(job, job.copyRows().where(), job.copyRows().triggers(), null, job.copyRows());
        };
    }

    private static StoredDefinition of(
            JobDefinition job,
            @Nullable String where,
            @Nullable Triggers triggers,
            @Nullable CompareRows compare,
            @Nullable CopyRows copy) {
        return new StoredDefinition(
                job.table(),
                job.key(),
                job.tenantLed(),
                job.work().kind().stored(),
                // Those of a copy are columns of another table, which a check of the job's own table would miss there.
                copy == null ? job.work().set() : List.of(),
                where,
                job.shardRows(),
                job.batchDuration(),
                job.batchMaxRows(),
                triggers,
                compare,
                job.work().old().matter() ? job.work().old() : null,
                job.work().migration(),
                copy,
                job.walk().inPasses() ? job.walk() : null);
    }

    /** @throws UnreadableException if a later release stored it, with a kind of work that this one does not know */
    JobDefinition definition() {
        return new JobDefinition(
                table, key, tenantLed, work(), shardRows, batchDuration, batchMaxRows, walk == null ? Walk.ONCE : walk);
    }

    private Work work() {
        var known = kind == null ? Work.Kind.UPDATE_ROWS : knownKind(kind);
        return switch (known) {
            case UPDATE_ROWS ->
                new UpdateRows(
                        set,
                        where,
                        triggers == null ? Triggers.FIRE : triggers,
                        old == null ? OldValues.LOST : old,
                        migration);
            case COMPARE_ROWS -> Objects.requireNonNull(compare, "compare");
            case COPY_ROWS -> Objects.requireNonNull(copy, "copy");
        };
    }

    private static Work.Kind knownKind(String name) {
        return Work.Kind.ofStored(name)
                .orElseThrow(() -> UnreadableException.ofLaterRelease(
                        "the job's work is of a kind that this release of Backfleet does not know (" + name
                                + "): upgrade to the release that stored it, or a later one"));
    }
}
