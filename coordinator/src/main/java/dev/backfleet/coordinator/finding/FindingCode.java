package dev.backfleet.coordinator.finding;

import static dev.backfleet.coordinator.finding.FindingSeverity.ERROR;
import static dev.backfleet.coordinator.finding.FindingSeverity.REMARK;
import static dev.backfleet.coordinator.finding.FindingSeverity.WARNING;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The kinds of findings, gravest first, with what the page of findings says about each. */
public enum FindingCode {
    COLUMN_SET_BY_JOB(
            ERROR,
            "Another unfinished job sets the same column of the same table: which of both changes a row last is left to chance.",
            "wait for its end, or cancel one of them"),
    BATCH_WITHOUT_INDEX(
            ERROR,
            "PostgreSQL's plan of a batch does not find its rows by a range of the key's index: each batch would read many more rows, all that "
                    + "`where` selects or the whole table.",
            "`analyze` the table, and look at the plan in `run.plan.lines` of `plan -o json`; write `where` so that it does not use another "
                    + "index"),
    TRIAL_BATCHES_REJECTED(
            ERROR,
            "PostgreSQL has rejected each batch that was run to measure it, all over the table.",
            "correct the expression or the data, or exclude such rows by `where`"),
    COLLATION_CHANGED(
            ERROR,
            "The collation of a key column has another version than the one with which its indexes were built. The index may be in the "
                    + "wrong order: rows would be left out, or not found by the application.",
            "rebuild the indexes, then refresh the version; the finding has the statements"),
    REPLICA_IDENTITY_MISSING(
            ERROR,
            "A publication publishes updates of the table, and the table has no replica identity: PostgreSQL rejects each update.",
            "`alter table … replica identity …`"),
    CASCADE_WITHOUT_INDEX(
            ERROR,
            "A column that is set is referred to by a foreign key ON UPDATE CASCADE, SET NULL or SET DEFAULT, and the table that refers "
                    + "has no index for it: each changed row scans and locks rows of a table that has no limit.",
            "create the index that the finding names"),
    COMMITS_WAIT(
            ERROR,
            "Commits wait for a synchronous standby, and none that confirms them is connected. Once a commit waits, "
                    + "`submit` ends with exit code 3, with `--force` too.",
            "start the standby, or change `synchronous_standby_names`"),
    DEFAULT_READ_ONLY(
            ERROR,
            "`default_transaction_read_only` is set for the role or the database: no row can be changed.",
            "reset it for the roles of coordinator and workers"),
    WRAPAROUND_CLOSE(
            ERROR,
            "The database is so close to the wraparound of transaction ids or multixacts that it may stop accepting writes.",
            "end what holds back vacuum, and vacuum the oldest tables before the job"),

    MANY_TRIAL_BATCHES_REJECTED(
            WARNING,
            "PostgreSQL has rejected more than half of the batches that were run to measure them: the job would search many batches for "
                    + "rejected rows, and may spend its error budget.",
            "correct the expression or the data, or exclude these rows by `where`"),
    NO_WHERE(
            WARNING,
            "The spec has no `where`: every row is changed, rows that are right already as well, and the job cannot check at its end "
                    + "what it left out.",
            "a `where` that no longer holds after the change"),
    COPY_KEY_NOT_UNIQUE(
            WARNING,
            "The key of the copies is not the key of the rows: if two rows give the same, one of them has no copy of its own, and a "
                    + "reconcile finds it.",
            "name under `into.key` columns that are given the key of the table, or write `on-conflict: fail`"),
    WHERE_STAYS_TRUE(
            WARNING,
            "`where` also holds after the change: a row that was changed looks as if it still needed it, so the job cannot tell which rows "
                    + "it left out.",
            "a `where` over the columns that are set, such as `column is null`"),
    NOT_IDEMPOTENT(
            WARNING,
            "A value is computed from a column that the job sets, and `where` does not exclude rows that were changed: a second run "
                    + "(`submit --again`) changes them once more.",
            "a `where` that no longer holds after the change; do not run it twice"),
    VOLATILE_EXPRESSION(
            WARNING,
            "An expression calls a volatile function: it gives each row another value, which cannot be computed again to check it.",
            "compute the value from the row, if that is meant"),
    WAVES_NOT_COMPARED(
            WARNING,
            "The waves of the rollout begin automatically, and the change cannot be computed again, so no reconcile compares the rows "
                    + "of a wave before the next one begins.",
            "`reconcile.different`, a condition on rows that are wrong; or `rollout.reconcile: false`, if that is meant"),
    SUBSELECT_WITHOUT_INDEX(
            WARNING,
            "A sub-select reads a large table from beginning to end, for each row or for each batch.",
            "create an index for its condition"),
    COLUMN_INDEXED(
            WARNING,
            "A column that is set, or computed from one that is, is in an index, in its expression or in its condition: each update "
                    + "writes new entries into all indexes of the table (no HOT update).",
            "create an index that is not needed meanwhile after the job"),
    TENANT_WITHOUT_INDEX(
            WARNING,
            "No index begins with the tenant column and continues with the key: shards follow the key, not the tenants.",
            "the index that the finding names"),
    TENANT_WITHOUT_ROWS(
            WARNING, "A wave of the rollout names tenants that have no rows.", "write them as the column has them"),
    TRIGGERS_FIRE(
            WARNING,
            "Triggers that the job fires, when each fires, and what its function does, as far as its text shows that.",
            "`triggers: suppress` leaves them out, if the role may, and with them the checks of foreign keys"),
    TRIGGER_MAY_KEEP_ROWS(
            WARNING,
            "A trigger that fires BEFORE each row can keep it unchanged by returning NULL; such rows are counted when the job ends.",
            "check what the trigger's function returns"),
    TRIGGER_DOES_NOT_FIRE(
            WARNING,
            "A statement trigger on a partitioned table does not fire: the job updates the partitions.",
            "do after the job what the trigger would do"),
    TRIGGER_NOT_SUPPRESSED(
            WARNING,
            "A trigger fires although triggers are suppressed: it is enabled ALWAYS or for REPLICA.",
            "`alter table … enable trigger …`, if it is not meant to fire"),
    TRIGGERS_SUPPRESSED(
            WARNING,
            "Triggers are suppressed, and with them the checks of foreign keys on the changed columns.",
            "check the foreign keys after the job"),
    FOREIGN_KEY_CASCADES(
            WARNING,
            "A column that is set is referred to by a foreign key ON UPDATE CASCADE, SET NULL or SET DEFAULT: the job changes rows of "
                    + "another table, which no limit counts.",
            "a lower rate; see what the other table's triggers do"),
    REFERENCE_WITHOUT_INDEX(
            WARNING,
            "A column that is set is referred to by a foreign key, and the table that refers has no index for it: each changed row scans "
                    + "that table.",
            "create the index that the finding names"),
    CONSTRAINT_NOT_VALID(
            WARNING,
            "A CHECK or NOT NULL constraint is NOT VALID: it is checked for each row that the job changes, whatever was in it before. "
                    + "Rows that violate it go to quarantine.",
            "fix the rows that violate it, and validate it before the job"),
    FIRST_ROW_REJECTED(WARNING, "PostgreSQL rejects the change of the first row.", "fix the expression, or the row"),
    PRIVILEGE_MISSING(
            WARNING,
            "This role may not change rows; the finding names the GRANT.",
            "grant it to the workers' role at least"),
    ROW_SECURITY(
            WARNING,
            "Row security is on for the table, and this role is exempt. (A table of which it hides rows is refused.)",
            "BYPASSRLS for the workers' and the coordinator's roles as well"),
    DEADLINE_PASSED(WARNING, "The `deadline` of the spec has passed.", "a later one, or none"),
    DEADLINE_MISSED(
            WARNING,
            "By what was measured, the job would miss the `deadline` of its spec: at the forecast's highest speed within the limits of the "
                    + "spec, and without time in which its window is closed or the throttle suspends it.",
            "a higher limit, more workers, or a later deadline"),
    NAME_IN_USE(
            WARNING,
            "An unfinished job has the name, or one of the name has SUCCEEDED: `submit` refuses the name, with `--force` too.",
            "another name, or `--again`"),
    REPLICA_IDENTITY_FULL(
            WARNING,
            "The table is published with REPLICA IDENTITY FULL: each update writes the whole old row to the WAL, and a subscriber "
                    + "without a suitable index searches the whole table for it.",
            "a unique index as replica identity, or a rate that subscribers can follow"),
    UNLOGGED(
            WARNING,
            "The table is unlogged: it is empty after a crash, and does not exist on standbys, while the job's checkpoints stay.",
            "`alter table … set logged` before the job"),
    NEVER_ANALYZED(
            WARNING,
            "The planner has no statistics of the table: the number of rows and shards is guessed.",
            "`analyze` the table"),
    AUTOVACUUM_OFF(
            WARNING,
            "Autovacuum is off for the table, or for the whole server: the dead rows that the job leaves stay.",
            "turn it on, or vacuum the table during and after the job"),
    AUTOVACUUM_LATE(
            WARNING,
            "The table has many more dead rows than autovacuum should have left.",
            "`vacuum` the table before the job, and see why autovacuum does not"),
    LONG_TRANSACTION(
            WARNING,
            "A transaction of another session has been open for long, or is prepared: vacuum cannot remove the dead rows that the job "
                    + "leaves, and its locks may be in the way.",
            "let it end before the job, or end it; the finding has the statement"),
    VACUUM_HELD_BACK(
            WARNING,
            "Something has been holding back vacuum for millions of transactions: a transaction, a slot, or a standby with "
                    + "`hot_standby_feedback`.",
            "end it before the job"),
    SLOT_INACTIVE(
            WARNING,
            "Nothing reads from a replication slot: the server keeps all WAL for it, that of the job as well, until the limit of "
                    + "`max_slot_wal_keep_size`, or until the disk is full.",
            "let its reader run again, or drop the slot"),
    STANDBY_BEHIND(
            WARNING,
            "A standby is already behind. The job's WAL comes on top; the throttle suspends the job when it is too far behind.",
            "wait until it has caught up"),
    WRAPAROUND_NEAR(
            WARNING,
            "The database is older than autovacuum's limit for freezing: vacuums that prevent wraparound are due, or do not get through.",
            "let them finish before the job"),
    DEADLOCK_TIMEOUT(
            WARNING,
            "A role has a shorter `deadlock_timeout` than the server: in a deadlock with a batch, its sessions search before the batch "
                    + "gives way, and may be ended. Or the server's is so short that batches have hardly any time.",
            "reset it, or set the server's to 1 s"),

    GENERATED_COLUMNS(REMARK, "Generated columns are computed anew with the columns that the job sets.", "none"),
    READS_OWN_COLUMN(
            REMARK,
            "A value is computed from a column that the job sets; `where` may exclude rows that were changed.",
            "make sure that it does, before the job is run twice"),
    TIME_OF_TRANSACTION(
            REMARK,
            "An expression asks for the time: rows of one batch get the same, those of another batch another one.",
            "a constant, if all rows are to have the same"),
    FUNCTION_NOT_CHECKED(
            REMARK,
            "An expression calls a function that a person has written. Whether it does what its volatility promises, PostgreSQL does not "
                    + "check; what it reads is told as far as its text shows that.",
            "read it"),
    FOREIGN_KEY_CHECKED(
            REMARK,
            "A column that is set refers to another table: PostgreSQL looks up and locks the row that is referred to, for each new value.",
            "none"),
    PUBLISHED(REMARK, "The table is published: subscribers get an update for each changed row.", "tell who runs them"),
    INHERITS(
            REMARK,
            "The table inherits from another one: the job changes the rows of this table only.",
            "a job of its own for each of the others"),
    OTHER_JOB(REMARK, "Another unfinished job changes other columns of the same table.", "none"),
    PAGES_FULL(
            REMARK,
            "Pages are filled to the brim (`fillfactor` 100): an update finds room on the page of its row only after vacuum, so few "
                    + "updates are HOT at first.",
            "a lower fillfactor helps only for pages that are written anew"),
    AUTOVACUUM_THRESHOLD(
            REMARK,
            "Autovacuum begins only after many dead rows, of a table of this size.",
            "a lower `autovacuum_vacuum_scale_factor` for the table, for as long as the job runs"),
    LARGE_VALUES(
            REMARK,
            "A column that is set has large values: each is written to the table or its TOAST table, and to the WAL.",
            "a limit for `rate.wal-bytes-per-second`"),
    KEEPS_OLD_VALUES(
            REMARK,
            "`undo: keep`: the values that the job overwrites are kept in the control schema, beside the rows that it changes.",
            "`backfleet undo JOB --drop` when the job will not be undone any more"),
    CHECKPOINTS(
            REMARK,
            "The table is larger than `max_wal_size`: the job may cause checkpoints in quick succession, each of which makes the next "
                    + "change of a page cost a whole page of WAL.",
            "a larger `max_wal_size` for as long as the job runs"),
    SYNCHRONOUS_STANDBYS(
            REMARK,
            "Commits wait for synchronous standbys: each shard's last batch, and every command, takes as long as they do.",
            "none"),
    SESSION_SETTINGS(
            REMARK,
            "Settings of the role or the database that Backfleet's sessions replace with their own.",
            "qualify names in expressions, if it is `search_path`"),
    SESSIONS_HIDDEN(
            REMARK,
            "This role does not see other roles' sessions: which transactions are open is not known.",
            "grant pg_read_all_stats to it"),
    DISK_NOT_KNOWN(
            REMARK,
            "PostgreSQL does not tell how much room the disk has; the finding has the size of the table and its indexes.",
            "compare it with the room on the server's disk");

    private final FindingSeverity severity;
    private final String meaning;
    private final String remedy;

    FindingCode(FindingSeverity severity, String meaning, String remedy) {
        this.severity = severity;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    public FindingSeverity severity() {
        return severity;
    }

    /** The name in output and on the page: {@code no-where}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it means, as sentences in Markdown. */
    String meaning() {
        return meaning;
    }

    /** What can be done, in Markdown. */
    String remedy() {
        return remedy;
    }
}
