package dev.backfleet.common.spec;

import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A parsed spec, complete with defaults, before it is compared with a database.
 *
 * @param name the job's name
 * @param table the table to change
 * @param tenant the tenant column, if shards follow tenants
 * @param change what to set, and in which rows
 * @param key the columns to scan by, if the spec names them; otherwise the primary key
 * @param limits the limits of the job
 * @param window when it may run; always if empty
 * @param deadline by when it is to be done, if that is said
 * @param throttle the throttle's signals and thresholds
 * @param rollout the waves of the rollout; all at once if empty
 * @param different the condition for a row that a reconcile finds wrong; if empty, the expressions decide
 * @param source the file's text as submitted
 */
public record Spec(
        String name,
        TableName table,
        Optional<Identifier> tenant,
        Change change,
        Optional<List<Identifier>> key,
        Limits limits,
        Optional<TimeWindow> window,
        Optional<Instant> deadline,
        ThrottleSpec throttle,
        Optional<Rollout> rollout,
        Optional<SqlExpression> different,
        String source) {

    public static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    public static final Pattern ONLY_DIGITS = Pattern.compile("[0-9]+");

    /** Checks the name: it must be distinguishable from a job's id. */
    public Spec {
        if (!NAME.matcher(name).matches() || ONLY_DIGITS.matcher(name).matches()) {
            throw new IllegalArgumentException("not a name for a job: " + name);
        }
        key = key.map(List::copyOf);
    }
}
