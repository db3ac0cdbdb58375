package dev.backfleet.coordinator.migration.file;

import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.spec.Spec;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecByColumnType;
import dev.backfleet.common.spec.key.SpecColumnsType;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.key.SpecKey.Absence;
import dev.backfleet.common.spec.key.SpecKeys;
import dev.backfleet.common.spec.key.SpecNode;
import dev.backfleet.common.spec.key.SpecScalarType;
import dev.backfleet.common.spec.key.SpecWavesType;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.unit.BadTextException;
import dev.backfleet.common.unit.Shown;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Every key of the file of a migration, defined once for the parser and the reference page. */
final class MigrationKeys {
    /** The names of its function and triggers are made of it, and have at most 63 bytes. */
    static final int LONGEST_NAME = 40;

    static final SpecKey<String> NAME = new SpecKey<>(
            "migration",
            new SpecScalarType<>(
                    "text",
                    "1 to " + LONGEST_NAME
                            + " of `a-z`, `0-9`, `.`, `_`, `-`; begins with a letter or digit; not only digits",
                    MigrationKeys::name),
            Absence.REFUSED,
            "The name of the migration, of its job and of its trigger; one migration of a name is under way at a time.",
            "split-names");

    static final SpecKey<TableName> TABLE = new SpecKey<>(
            "table",
            SpecScalarType.TABLE,
            Absence.REFUSED,
            "The table that gets the new shape, with its schema unless that is `public`.",
            "public.customers");

    static final SpecKey<Identifier> TENANT = SpecKeys.TENANT;

    static final SpecKey<List<Identifier>> KEY = SpecKeys.KEY;

    static final SpecKey<List<Identifier>> FROM = new SpecKey<>(
            "from",
            new SpecColumnsType("none of the key, not the tenant; each once"),
            Absence.REFUSED,
            "The columns of the old shape: a write to one of them computes the new ones again.",
            "[full_name]");

    static final SpecKey<Map<Identifier, Migration.NewColumn>> TO = new SpecKey<>(
            "to",
            new SpecByColumnType<>(
                    new NewColumnType(),
                    "{ type: text, up: \"an SQL expression\" }",
                    "at least one column; none of `from`, of the key, not the tenant; each once"),
            new Absence(SpecKey.Kind.REFUSED, "required, unless `into` names another table"),
            "The columns of the new shape. One that exists already, with this type, is found done.",
            "{ first_name: { type: text, up: \"split_part(full_name, ' ', 1)\" } }");

    static final SpecKey<Map<Identifier, SqlExpression>> DOWN = new SpecKey<>(
            "down",
            SpecByColumnType.expressions("columns of `from`; reads none of them"),
            Absence.means("writes in the new shape leave the old one as it is"),
            "How each column of the old shape follows from the new ones: with it, the sync goes both ways.",
            "{ full_name: \"concat_ws(' ', first_name, last_name)\" }");

    static final SpecKey<Migration.SyncErrors> ON_ERROR = new SpecKey<>(
            "sync.on-error",
            SpecScalarType.oneOf(Migration.SyncErrors.class),
            Absence.means("`leave`; with `into`, `raise`"),
            "What a write of the application meets when `up` or `down`, or the copy, fails for its row: `leave`: it goes through, and the "
                    + "reconcile finds the row; `raise`: it is rejected with that error.",
            "raise");

    static final SpecKey<List<Element>> EXPAND = new SpecKey<>(
            "expand",
            new ElementsType(),
            Absence.means("nothing but the columns of `to`"),
            "What else is made before the sync begins, in this order.",
            "[{ default: { column: first_name, value: \"''\" } }]");

    static final SpecKey<SpecNode.Mapping> BACKFILL = new SpecKey<>(
            "backfill",
            new BackfillType(),
            Absence.means("the defaults of a spec"),
            "Keys of the spec of its job. `where`: unless it is given, all columns of `to` are NULL.",
            "{ concurrency: 4, rate: { rows-per-second: 20000 } }");

    static final SpecKey<List<Element>> FINISH = new SpecKey<>(
            "finish",
            new ElementsType(),
            Absence.means("nothing"),
            "What is made after the backfill, in this order: what reads and writers of the new shape need.",
            "[{ index: { name: customers_names, on: [last_name, first_name] } }, { not-null: first_name }]");

    static final SpecKey<Duration> RECONCILE_EVERY = new SpecKey<>(
            "reconcile.every",
            SpecScalarType.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
            Absence.standsFor("1h"),
            "How often all rows are compared after the backfill.",
            "1h");

    static final SpecKey<Duration> RECONCILE_MAX_AGE = new SpecKey<>(
            "reconcile.max-age",
            SpecScalarType.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
            Absence.standsFor("24h"),
            "How old the last comparison may be when reads are to be switched; not shorter than `every`.",
            "24h");

    static final SpecKey<SqlExpression> RECONCILE_DIFFERENT = SpecKeys.RECONCILE_DIFFERENT;

    static final SpecKey<List<Rollout.Wave>> CUTOVER_STEPS = new SpecKey<>(
            "cutover.steps",
            SpecWavesType.STEPS,
            Absence.means("10, 25, 50, 75 and 100 %"),
            "The steps in which reads are switched: after each, these tenants, or this share of all, read the new shape.",
            "[{ tenants: [7, 42] }, 5, 25, 100]");

    static final SpecKey<Duration> CUTOVER_SOAK = new SpecKey<>(
            "cutover.soak",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(30)),
            Absence.standsFor("30m"),
            "How long a step must have been on before the next one.",
            "1h");

    static final SpecKey<CutoverPlan.Promotion> CUTOVER_PROMOTE = new SpecKey<>(
            "cutover.promote",
            SpecScalarType.oneOf(CutoverPlan.Promotion.class),
            Absence.standsFor("manual"),
            "Who takes the steps after the first one: with `auto`, the leading coordinator, as soon as the soak time is over, the gate holds "
                    + "and no signal of `abort` speaks against it. The first step is a person's.",
            "auto");

    static final SpecKey<AbortRules> CUTOVER_ABORT = new SpecKey<>(
            "cutover.abort",
            new AbortType(),
            Absence.means("no signal is watched"),
            "The signals that speak against the cutover: above the soft threshold no step is taken; at the hard one, in two looks in a row, "
                    + "all reads are taken back.",
            "{ rollback-ratio: 1.5x/3x, drift: 0/1 }");

    static final SpecKey<Duration> CONTRACT_SOAK = new SpecKey<>(
            "contract.soak",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
            Absence.standsFor("14d"),
            "How long all tenants must have read the new shape before the old columns are renamed.",
            "14d");

    static final SpecKey<Duration> CONTRACT_CLEAN = new SpecKey<>(
            "contract.clean",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
            Absence.standsFor("7d"),
            "For how long the reconcile must have found no wrong row, and nobody may have written the old shape alone or sent a "
                    + "statement that names it.",
            "7d");

    static final SpecKey<Boolean> CONTRACT_RENAME = new SpecKey<>(
            "contract.rename",
            SpecScalarType.TRUTH,
            Absence.standsFor("true"),
            "Whether the old columns are renamed before they are dropped: whoever still names one gets an error, and the way back is "
                    + "one command.",
            "true");

    static final SpecKey<Duration> CONTRACT_KEEP = new SpecKey<>(
            "contract.keep",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
            Absence.standsFor("14d"),
            "How long the renamed columns are kept before they may be dropped.",
            "14d");

    static final SpecKey<Duration> LOCK_TIMEOUT = new SpecKey<>(
            "ddl.lock-timeout",
            SpecScalarType.duration(Duration.ofMillis(10), Duration.ofSeconds(10)),
            Absence.standsFor("500ms"),
            "The longest that one request for a lock holds statements of the application up.",
            "500ms");

    static final SpecKey<Duration> HOLD = new SpecKey<>(
            "ddl.hold",
            SpecScalarType.duration(Duration.ofMillis(100), Duration.ofMinutes(1)),
            Absence.standsFor("2s"),
            "The longest that the statements of a step together may hold such a lock; they are cancelled then, and nothing of them is left.",
            "2s");

    static final SpecKey<Duration> GIVE_UP = new SpecKey<>(
            "ddl.give-up",
            SpecScalarType.duration(Duration.ofSeconds(1), Duration.ofDays(7)),
            Absence.standsFor("30m"),
            "How long `apply` tries to get the locks of a step.",
            "30m");

    static final SpecKey<Identifier> ROLE = new SpecKey<>(
            "ddl.role",
            new SpecScalarType<>("role", "a role that owns the table", Identifier::parse),
            Absence.means("the role that is connected"),
            "The role that executes the statements (`SET ROLE`), and owns what they make.",
            "app_owner");

    static final SpecKey<ExecutedBy> BY = new SpecKey<>(
            "ddl.by",
            SpecScalarType.oneOf(ExecutedBy.class),
            Absence.standsFor("backfleet"),
            "Who executes the statements of `expand`, of the sync and of `finish`: with `others`, another tool does "
                    + "(`backfleet migration sql` writes its files), and `apply` only checks and says what it waits for.",
            "others");

    /** In the order of the reference. */
    static final List<SpecKey<?>> ALL = Stream.of(
                    List.of(NAME, TABLE, TENANT, KEY, FROM, TO),
                    CopyKeys.all(),
                    List.<SpecKey<?>>of(
                            DOWN,
                            ON_ERROR,
                            EXPAND,
                            BACKFILL,
                            FINISH,
                            RECONCILE_EVERY,
                            RECONCILE_MAX_AGE,
                            RECONCILE_DIFFERENT,
                            CUTOVER_STEPS,
                            CUTOVER_SOAK,
                            CUTOVER_PROMOTE,
                            CUTOVER_ABORT,
                            CONTRACT_SOAK,
                            CONTRACT_CLEAN,
                            CONTRACT_RENAME,
                            CONTRACT_KEEP,
                            LOCK_TIMEOUT,
                            HOLD,
                            GIVE_UP,
                            ROLE,
                            BY))
            .<SpecKey<?>>flatMap(List::stream)
            .toList();

    /** The remedy when required keys are missing. */
    static final String REQUIRED_REMEDY = "a migration has at least migration, table, from, and to or into";

    private MigrationKeys() {}

    /** Who executes the statements. */
    enum ExecutedBy {
        BACKFLEET,
        OTHERS
    }

    private static String name(String text) {
        if (text.length() > LONGEST_NAME || !Spec.NAME.matcher(text).matches()) {
            throw new BadTextException(
                    Shown.text(text) + " is not a name for a migration",
                    "use 1 to " + LONGEST_NAME
                            + " lower-case letters, digits, \".\", \"_\" and \"-\", with a letter or digit first");
        }
        if (Spec.ONLY_DIGITS.matcher(text).matches()) {
            throw new BadTextException(text + " would be taken for the id of a job", "add a letter");
        }
        return text;
    }
}
