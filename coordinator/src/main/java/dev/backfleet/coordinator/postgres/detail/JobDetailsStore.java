package dev.backfleet.coordinator.postgres.detail;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.JobState;
import dev.backfleet.common.job.KeyColumn;
import dev.backfleet.common.job.kind.CopyRows;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.job.kind.Work;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.postgres.job.SettingsRow;
import dev.backfleet.coordinator.query.detail.JobDetails;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The statements that read what a job is. */
final class JobDetailsStore {

    private static final String JOB = """
            select j.*, j.definition ->> 'batchDuration' as batch_duration, backfleet.rate_of(j) as rate_now, backfleet.slots_now(j) as slots_now_,
                   s.who as submitted_who, s.via as submitted_via, coalesce(s.role, j.submitted_by) as submitted_role
            from backfleet.job j
            left join lateral (
              select who, role, coalesce(via, case when starts_with(who, 'topic:') then 'topic' else 'cli' end) as via
              from backfleet.audit where job_id = j.id and action = 'submit' order by id limit 1
            ) s on true
            where j.id = :job
            """;

    private static final String LAST_CHANGES = """
            select distinct on (setting) setting, who, at, old_value from backfleet.audit
            where job_id = :job and setting is not null order by setting, id desc
            """;

    private final Handle handle;

    JobDetailsStore(Handle handle) {
        this.handle = handle;
    }

    /** A job in detail; nothing if there is no such job. */
    Optional<JobDetails> details(long job) {
        var changes = handle
                .createQuery(LAST_CHANGES)
                .bind("job", job)
                .map((row, context) -> Map.entry(row.getString("setting"), change(row)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return handle.createQuery(JOB)
                .bind("job", job)
                .map((row, context) -> details(row, changes))
                .findOne();
    }

    private static JobDetails.Changed change(ResultSet row) throws SQLException {
        return new JobDetails.Changed(
                row.getString("who"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                String.valueOf(row.getString("old_value")));
    }

    private static JobDetails details(ResultSet row, Map<String, JobDetails.Changed> changes) throws SQLException {
        var definition = JobDefinition.JSON.read(row.getString("definition"));
        var what = What.of(definition);
        var key = definition.key().stream().map(KeyColumn::name).toList();
        var limits = SettingsRow.read(row).words().entrySet().stream()
                .map(entry -> new JobDetails.Limit(entry.getKey(), entry.getValue(), changes.get(entry.getKey())))
                .toList();
        return new JobDetails(
                row.getLong("id"),
                row.getString("name"),
                JobState.valueOf(row.getString("state")),
                submitted(row),
                TableName.of(
                                Identifier.of(definition.table().schema()),
                                Identifier.of(definition.table().name()))
                        .toString(),
                definition.table().oid(),
                key.stream().map(JobDetailsStore::quoted).toList(),
                definition.tenantLed() ? quoted(key.get(0)) : null,
                definition.work().kind().stored(),
                what.into,
                what.expressions.entrySet().stream()
                        .map(set -> new JobDetails.Expression(
                                quoted(set.getKey()), set.getValue(), changes.get("set." + set.getKey())))
                        .toList(),
                what.where,
                what.different,
                definition.work().kind() == Work.Kind.UPDATE_ROWS
                        ? new JobDetails.Passes(
                                definition.walk().passes(),
                                row.getString("passes_reason"),
                                row.getBoolean("merge_passes"))
                        : null,
                what.triggers == null ? null : what.triggers.name().toLowerCase(Locale.ROOT),
                limits,
                row.getObject("rate_now", Double.class),
                row.getInt("slots_now_"),
                row.getString("spec"));
    }

    private static JobDetails.Into intoOf(CopyRows copy) {
        var back = new LinkedHashMap<String, String>();
        copy.back().forEach(one -> back.put(quoted(one.column()), quoted(one.from())));
        return new JobDetails.Into(
                copy.into().shown(),
                copy.into().key().stream().map(key -> quoted(key.name())).toList(),
                copy.conflict().name().toLowerCase(Locale.ROOT),
                back);
    }

    private static JobDetails.Submitted submitted(ResultSet row) throws SQLException {
        var who = row.getString("submitted_who");
        return new JobDetails.Submitted(
                who,
                row.getString("submitted_role"),
                row.getObject("submitted_at", OffsetDateTime.class).toInstant(),
                row.getString("submitted_via"));
    }

    private static String quoted(String name) {
        return Identifier.of(name).toString();
    }

    /** What batches do with a row. */
    private record What(
            JobDetails.@Nullable Into into,
            Map<String, String> expressions,
            @Nullable String where,
            @Nullable String different,
            @Nullable Triggers triggers) {

        static What of(JobDefinition job) {
            return switch (job.work().kind()) {
                case UPDATE_ROWS -> {
                    var update = job.updateRows();
                    var set = new LinkedHashMap<String, String>();
                    update.set().forEach(one -> set.put(one.column(), one.expression()));
                    yield new What(null, set, update.where(), null, update.triggers());
                }
                case COPY_ROWS -> {
                    var copy = job.copyRows();
                    var values = new LinkedHashMap<String, String>();
                    copy.values().forEach(one -> values.put(one.name(), one.expression()));
                    yield new What(intoOf(copy), values, copy.where(), null, copy.triggers());
                }
                case COMPARE_ROWS -> {
                    var compare = job.compareRows();
                    var compared = new LinkedHashMap<String, String>();
                    compare.compared().forEach(one -> compared.put(one.name(), one.expression()));
                    yield new What(null, compared, compare.selected(), compare.different(), null);
                }
            };
        }
    }
}
