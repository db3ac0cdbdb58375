package dev.backfleet.common.spec.key;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.Walk;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.spec.Undo;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Every key of a spec, defined once for the parser and the reference page. */
public final class SpecKeys {
    /** The most slots that a job can use at once. */
    static final int MOST_SLOTS = 10_000;

    public static final SpecKey<String> NAME = new SpecKey<>(
            "name",
            SpecScalarType.NAME,
            Absence.REFUSED,
            "The job's name, for people and for commands; one job of a name runs at a time.",
            "split-package-names");

    public static final SpecKey<TableName> TABLE = new SpecKey<>(
            "table",
            SpecScalarType.TABLE,
            Absence.REFUSED,
            "The table to change, with its schema unless that is `public`.",
            "public.packages");

    public static final SpecKey<Identifier> TENANT = new SpecKey<>(
            "tenant",
            SpecScalarType.COLUMN,
            Absence.means("ranges of the key"),
            "The tenant column, which says to whom a row belongs: shards follow tenants.",
            "tenant_id");

    public static final SpecKey<Map<Identifier, SqlExpression>> SET = new SpecKey<>(
            "set",
            SpecByColumnType.expressions(
                    "at least one column; none of the key, not the tenant, not generated; each once"),
            new Absence(SpecKey.Kind.REFUSED, "required, unless `into` copies the rows"),
            "The new value of each column: an SQL expression over the row before the change.",
            "{ short_name: \"lower(full_name)\" }");

    public static final SpecKey<SqlExpression> WHERE = new SpecKey<>(
            "where",
            new SpecExpressionType(SpecExpressionType.Role.CONDITION),
            Absence.means("every row"),
            "Which rows still need the change.",
            "\"short_name is null\"");

    public static final SpecKey<List<Identifier>> KEY = new SpecKey<>(
            "key",
            new SpecColumnsType("the columns of a unique index, all NOT NULL; each once"),
            Absence.means("the primary key"),
            "The columns that identify a row and that the job scans by, in the order of the index.",
            "[id]");

    public static final SpecKey<Long> SHARD_ROWS = new SpecKey<>(
            "shard.rows",
            SpecScalarType.whole("whole number of rows", 1, 10_000_000, rows -> rows),
            Absence.standsFor("100000"),
            "Target number of rows of a shard.",
            "50000");

    public static final SpecKey<OptionalInt> WALK_PASSES = new SpecKey<>(
            "walk.passes",
            SpecScalarType.wholeOrAuto("whole number", 1, Walk.MOST),
            Absence.standsFor(SpecScalarType.AUTO),
            "In how many passes the rows of a shard are changed: with several, a new version of a row finds room on its page, and table "
                    + "and indexes hardly grow ([vacuum](../vacuum.md#passes)); `auto` decides by the table's indexes and rows.",
            "8");

    public static final SpecKey<Duration> BATCH_DURATION = new SpecKey<>(
            "batch.duration",
            SpecScalarType.duration(Duration.ofMillis(10), Duration.ofSeconds(5)),
            Absence.standsFor("100ms"),
            "Target duration of a batch: its number of rows follows from that.",
            "100ms");

    public static final SpecKey<Integer> BATCH_MAX_ROWS = new SpecKey<>(
            "batch.max-rows",
            SpecScalarType.whole("whole number of rows", 1, 100_000, Math::toIntExact),
            Absence.standsFor("10000"),
            "The most rows of a batch.",
            "10000");

    public static final SpecKey<Duration> BATCH_ROW_TIMEOUT = new SpecKey<>(
            "batch.row-timeout",
            SpecScalarType.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            Absence.standsFor("1500ms"),
            "How long one row alone may take, its triggers included, before it is quarantined with 57014; at most 0.8 of the "
                    + "workers' lease. A batch of several rows never takes longer than 0.8 of the server's `deadlock_timeout`.",
            "1500ms");

    public static final SpecKey<OptionalLong> RATE_ROWS = new SpecKey<>(
            "rate.rows-per-second",
            SpecScalarType.wholeOrNone("whole number of rows per second", 1, 10_000_000),
            Absence.standsFor(SpecScalarType.NONE),
            "How many rows per second the whole fleet may change for this job; `rate: 5000` is short for this key alone, "
                    + "`rate: none` for no limit.",
            "50000");

    public static final SpecKey<OptionalLong> RATE_WAL = new SpecKey<>(
            "rate.wal-bytes-per-second",
            SpecScalarType.sizeOrNone(64L << 10, 100L << 30),
            Absence.standsFor(SpecScalarType.NONE),
            "How much WAL the whole fleet may write per second for this job, as near as that can be measured; the lower of "
                    + "both limits holds.",
            "20MB");

    public static final SpecKey<Integer> CONCURRENCY = new SpecKey<>(
            "concurrency",
            SpecScalarType.whole("whole number of slots", 1, MOST_SLOTS, Math::toIntExact),
            Absence.standsFor("8"),
            "How many slots of the fleet the job may use at once.",
            "8");

    public static final SpecKey<Priority> PRIORITY = new SpecKey<>(
            "priority",
            SpecScalarType.oneOf(Priority.class),
            Absence.standsFor("normal"),
            "The job's weight when slots are shared among jobs: `low` 1, `normal` 2, `high` 4.",
            "high");

    public static final SpecKey<Triggers> TRIGGERS = new SpecKey<>(
            "triggers",
            SpecScalarType.oneOf(Triggers.class),
            Absence.standsFor("fire"),
            "Whether the table's triggers fire for each changed row; `suppress` also leaves foreign keys unchecked, and the "
                    + "role must be allowed to set `session_replication_role`.",
            "suppress");

    public static final SpecKey<Undo> UNDO = new SpecKey<>(
            "undo",
            SpecScalarType.oneOf(Undo.class),
            Absence.standsFor("none"),
            "Whether the values that are overwritten are kept in the control schema, so that `backfleet undo` can put them back; "
                    + "`keep` makes each batch write them beside the rows, and needs the room.",
            "keep");

    public static final SpecKey<Long> BUDGET_ROWS = new SpecKey<>(
            "error-budget.rows",
            SpecScalarType.whole("whole number of rows", 0, 1_000_000, rows -> rows),
            Absence.standsFor("1000"),
            "How many rejected rows may be in quarantine; one more halts the job.",
            "1000");

    public static final SpecKey<Double> BUDGET_RATIO = new SpecKey<>(
            "error-budget.ratio",
            SpecScalarType.PERCENTAGE,
            Absence.standsFor("0.1%"),
            "Which share of the scanned rows may be in quarantine; checked from the 101st quarantined row on.",
            "0.1%");

    public static final SpecKey<SpecTimes> WINDOW_BETWEEN = new SpecKey<>(
            "window.between",
            SpecTimes.TYPE,
            Absence.standsFor("00:00-24:00"),
            "The times of the day between which the job runs; it stops and starts automatically.",
            "\"22:00-06:00\"");

    public static final SpecKey<ZoneId> WINDOW_ZONE = new SpecKey<>(
            "window.zone",
            SpecTimes.ZONE,
            Absence.standsFor("UTC"),
            "The time zone of the window, including daylight saving time.",
            "Europe/Berlin");

    public static final SpecKey<Set<DayOfWeek>> WINDOW_DAYS = new SpecKey<>(
            "window.days",
            new SpecDaysType(),
            Absence.means("every day"),
            "The days on which the window opens; it may close on the next day.",
            "[mon, tue, wed, thu]");

    public static final SpecKey<Instant> DEADLINE = new SpecKey<>(
            "deadline",
            SpecTimes.MOMENT,
            Absence.means("none"),
            "By when the job is to be done. It changes nothing of the work: `status` says when the job will miss it, and an alert does.",
            "\"2026-12-24 06:00 Europe/Berlin\"");

    public static final SpecKey<List<Rollout.Wave>> ROLLOUT_WAVES = new SpecKey<>(
            "rollout.waves",
            SpecWavesType.WAVES,
            Absence.means("all at once"),
            "The waves of the rollout; the job waits after each. `rollout: [5, 25, 100]` is short for waves alone.",
            "[{ tenants: [7, 42] }, 5, 100]");

    public static final SpecKey<Rollout.Promotion> ROLLOUT_PROMOTE = new SpecKey<>(
            "rollout.promote",
            SpecScalarType.oneOf(Rollout.Promotion.class),
            Absence.standsFor("manual"),
            "When the next wave begins: on `backfleet promote JOB`; with `auto`, also at the end of the soak time after a "
                    + "wave in which no shard FAILED.",
            "auto");

    public static final SpecKey<Duration> ROLLOUT_SOAK = new SpecKey<>(
            "rollout.soak",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(7)),
            Absence.standsFor("10m"),
            "With `promote: auto`, how long after the end of a wave the next one begins.",
            "1h");

    public static final SpecKey<Boolean> ROLLOUT_RECONCILE = new SpecKey<>(
            "rollout.reconcile",
            SpecScalarType.TRUTH,
            Absence.means(
                    "with `promote: auto`, `true` if the change can be computed again, or `reconcile.different` says which rows are "
                            + "wrong; otherwise `false`"),
            "Whether the rows of all waves so far are compared (`backfleet reconcile`) after the soak time; with `promote: auto`, "
                    + "the next wave begins only if none is wrong.",
            "false");

    public static final SpecKey<SqlExpression> RECONCILE_DIFFERENT = new SpecKey<>(
            "reconcile.different",
            new SpecExpressionType(SpecExpressionType.Role.CONDITION),
            Absence.means("a row is wrong if a column that is set does not have the value of its expression"),
            "Which rows `backfleet reconcile` counts as different, if the expressions cannot say it: for a change that "
                    + "cannot be computed again, such as `n = n + 1`.",
            "\"concat_ws(' ', first_name, last_name) <> full_name\"");

    private static final List<SpecKey<?>> FIRST = List.of(NAME, TABLE, TENANT, SET);

    private static final List<SpecKey<?>> REST = List.of(
            WHERE,
            KEY,
            SHARD_ROWS,
            WALK_PASSES,
            BATCH_DURATION,
            BATCH_MAX_ROWS,
            BATCH_ROW_TIMEOUT,
            RATE_ROWS,
            RATE_WAL,
            CONCURRENCY,
            PRIORITY,
            TRIGGERS,
            UNDO,
            BUDGET_ROWS,
            BUDGET_RATIO,
            WINDOW_BETWEEN,
            WINDOW_ZONE,
            WINDOW_DAYS,
            DEADLINE,
            ROLLOUT_WAVES,
            ROLLOUT_PROMOTE,
            ROLLOUT_SOAK,
            ROLLOUT_RECONCILE,
            RECONCILE_DIFFERENT);

    /** In the order of the reference. */
    public static final List<SpecKey<?>> ALL = Stream.of(FIRST, CopyKeys.all(), REST, ThrottleKeys.all())
            .<SpecKey<?>>flatMap(List::stream)
            .toList();

    /** The remedy when required keys are missing. */
    public static final String REQUIRED_REMEDY = "a spec has at least name, table and set";

    private SpecKeys() {}
}
