package dev.backfleet.common.postgres.batch;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.job.kind.UpdateRows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings of a transaction in which a job changes rows, which decide which triggers fire. They are for that transaction only, so that
 * they do not affect others in the same session, and hold before a row is read.
 */
public final class TransactionSettings {

    private TransactionSettings() {}

    /** As further columns of a SELECT that is evaluated before the first row is changed, each with a comma before it. */
    public static String columns(JobDefinition job) {
        return of(job).entrySet().stream()
                .map(setting -> ", pg_catalog.set_config('" + setting.getKey() + "', "
                        + BatchStatement.literal(setting.getValue()) + ", true) as "
                        + setting.getKey().replace('.', '_'))
                .collect(Collectors.joining());
    }

    /** As statements of their own, at the beginning of the transaction. */
    public static List<String> statements(JobDefinition job) {
        return of(job).entrySet().stream()
                .map(setting -> "set local " + setting.getKey() + " = " + BatchStatement.literal(setting.getValue()))
                .toList();
    }

    private static Map<String, String> of(JobDefinition job) {
        var settings = new LinkedHashMap<String, String>();
        if (job.work().suppressesTriggers()) {
            settings.put("session_replication_role", "replica");
        }
        var migration = job.work().migration();
        if (migration != null) {
            settings.put(UpdateRows.SYNC, migration);
        }
        return settings;
    }
}
