package dev.backfleet.coordinator.migration.finding;

import static dev.backfleet.coordinator.finding.FindingSeverity.ERROR;
import static dev.backfleet.coordinator.finding.FindingSeverity.REMARK;
import static dev.backfleet.coordinator.finding.FindingSeverity.WARNING;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.backfleet.coordinator.finding.FindingSeverity;
import java.util.Locale;

/** The kinds of findings about a migration, gravest first, with what the page of findings says about each. */
public enum MigrationFindingCode {
    STEP_IMPOSSIBLE(
            ERROR,
            "A step cannot be made on this table: it inherits, has no such column, or PostgreSQL rejects a definition or an expression.",
            "the finding has it"),
    STEP_IN_THE_WAY(
            ERROR,
            "Something else has the name of what a step makes, with another definition.",
            "rename or remove it, or change the file"),
    BACKFILL_IMPOSSIBLE(
            ERROR,
            "The spec of its job cannot be run on this table.",
            "the finding has the key of the file, its line and the remedy"),
    NOT_OWNER(
            ERROR,
            "The role that would execute the statements does not own the table.",
            "`ddl: { role: OWNER }` with a role of which the connected one is a member, or connect as the owner"),
    FROM_IS_KEY(
            ERROR,
            "A column of the old shape is in the primary key, or decides in which partition a row is.",
            "such columns cannot be replaced by a migration"),
    FROM_IS_GENERATED(
            ERROR,
            "A column of the old shape is generated: it is computed after the trigger has run.",
            "name the columns that it is computed from, and compute from them"),
    UP_READS_OTHER_COLUMN(
            ERROR,
            "`up` reads a column that is neither in `from` nor in the key or the tenant: a write to it would not compute the new columns again.",
            "add the column to `from`"),
    DOWN_READS_OTHER_COLUMN(
            ERROR,
            "`down` reads a column that is neither in `to` nor in the key or the tenant: a write to it would not compute the old columns again.",
            "compute from the columns of `to` alone"),
    UP_VOLATILE(
            ERROR,
            "`up` calls a volatile function, so that a reconcile cannot compute the value again, and trigger and job give a row two values.",
            "compute the value from the row; or say which rows are wrong: `reconcile: { different: … }`"),
    TRIGGER_AFTER_SYNC(
            ERROR,
            "A BEFORE ROW trigger fires after the one of the sync, and may change the columns that this has computed.",
            "rename it, so that its name sorts before the one in the finding"),
    SQL_UNDECLARED(
            ERROR,
            "A statement of `sql`, tried on an empty copy of the table, takes a stronger lock than is declared, stores the table anew, or reads all of "
                    + "it while the application waits.",
            "declare the lock; a statement that stores the table anew cannot be applied while the table is used"),
    OTHER_MIGRATION(
            ERROR, "Another migration of the table that is under way has the same columns.", "finish it, or abort it"),
    FILE_CHANGED(
            ERROR,
            "A migration of this name is under way with another file: for another table, or for another change. Only limits, `finish` and `cutover` "
                    + "may differ.",
            "apply that file, or another name, or abort that one"),
    SYNC_LOST(
            ERROR,
            "The migration is under way, and its trigger or function is missing, disabled or changed: rows that were written since may have only "
                    + "one shape. `apply` does not make it anew in silence.",
            "abort the migration, and apply it again"),
    SIGNAL_IMPOSSIBLE(
            ERROR,
            "PostgreSQL rejects a query of `cutover.abort`: the signal could never be read, and would take nothing back.",
            "write one SELECT of one number, with qualified names"),
    TENANT_IMPOSSIBLE(
            ERROR,
            "A step of the cutover names a tenant that is no value of the tenant's column, or is not written as PostgreSQL writes it: no row can "
                    + "have it.",
            "write the tenant as the column has it"),

    LOCK_HELD(
            WARNING,
            "A transaction that has been open for long, or is prepared, holds a lock on the table that a step has to wait for: `apply` would "
                    + "wait for its end, and not hold up the application meanwhile.",
            "let it end; the finding says whose it is"),
    STEP_BROKEN(
            WARNING,
            "A former attempt has left an invalid index: every write maintains it.",
            "`apply` drops it and builds it anew"),
    INTO_NOT_THERE(
            WARNING,
            "The table that takes the copies is not there yet: a step of `expand` makes it. What is written by its columns, the sync, the job and "
                    + "elements of `into`, is neither shown nor checked before.",
            "make the table before, and run `plan` again; `apply` checks it when the table is there"),
    STEP_UNDER_WAY(WARNING, "Another session is about a step at this moment.", "`apply` waits for its end"),
    SQL_UNTRIED(
            WARNING,
            "A statement of `sql` could not be tried on an empty copy of the table, so that its locks are known only from the file: it is none "
                    + "about the table alone, cannot run in a transaction, or PostgreSQL rejects it there.",
            "try it on a copy of the database"),
    SIGNAL_UNREADABLE(
            WARNING,
            "A signal of `cutover.abort` cannot be read now: its query takes longer than a second, is not permitted to this role, or reads what is "
                    + "not there before the first steps; or the coordinator sends no request to its address.",
            "see that it can be read when the first step is taken: `status` shows its value"),
    TENANT_WITHOUT_ROWS(
            WARNING,
            "A step of the cutover names a tenant of which the table has no row.",
            "check the name, unless the tenant is yet to come"),
    PUBLISHED(
            WARNING,
            "The table is published with all its columns: a subscriber whose table lacks the new ones stops replicating at the first change.",
            "add the columns on each subscriber first"),
    UP_FAILS(
            WARNING,
            "For a row of a sample, `up`, or what a copy is given, ends with an error, or gives a value that the column cannot take: a text that is too long, a number out of "
                    + "range, NULL where `not-null` follows. Or computing it takes longer than `ddl: { hold }`. The finding has the key of the first such row.",
            "another type or another expression; otherwise the job puts such rows into quarantine, and halts beyond its error budget"),
    ROUND_TRIP_LOSES(
            WARNING,
            "For rows of a sample, the old shape that `down` computes from the new one is not the one that they have: a write in the new shape, even of "
                    + "another column of it, would change the old one. The finding has the number of such rows, and the key of one.",
            "correct `up` or `down`, unless the difference does not matter"),
    ROUND_TRIP_FAILS(
            WARNING,
            "For a row of a sample, `down` ends with an error, or computing them takes longer than `ddl: { hold }`.",
            "correct them; `sync: { on-error }` says what a write of such a row meets"),
    ONE_WAY_NOT_NULL(
            WARNING,
            "A column of the old shape is NOT NULL without a default, and has no `down`: an insert in the new shape alone fails.",
            "`drop-not-null` of it in `finish`, or a `down`"),
    DOWN_INCOMPLETE(
            WARNING,
            "`down` leaves out columns of `from`: a write in the new shape leaves them as they are.",
            "an expression for each, if they are not only read by `up`"),

    ONE_WAY(
            REMARK,
            "There is no `down`: a write in the new shape alone leaves the old one as it is, so code of the old shape would read old values.",
            "`down`, if both shapes are to be written for a while"),
    LEAVE_BESIDE_NOT_NULL(
            REMARK,
            "A new column without a default is to be NOT NULL, while `sync: { on-error: leave }` lets a write go through whose `up` fails: the column "
                    + "of an inserted row would be NULL, and the insert is rejected all the same, with 23502.",
            "a default of the column, or an `up` that fails for no row; or `on-error: raise`, which shows the application the error itself"),
    BATCH_NOT_PLANNED(
            REMARK,
            "The new columns are not there yet: how PostgreSQL finds the rows of a batch, and whether the first row can be changed, is known after "
                    + "the first steps.",
            "run `plan` again then; the submission of the job checks it in any case");

    private final FindingSeverity severity;
    private final String meaning;
    private final String remedy;

    MigrationFindingCode(FindingSeverity severity, String meaning, String remedy) {
        this.severity = severity;
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** How grave findings of this kind are. */
    public FindingSeverity severity() {
        return severity;
    }

    /** Whether a plan with such a finding is refused. */
    public boolean refuses() {
        return severity == ERROR;
    }

    /** The name in output and on the page: {@code not-owner}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it means, as a sentence in Markdown. */
    String meaning() {
        return meaning;
    }

    /** What can be done, in Markdown. */
    String remedy() {
        return remedy;
    }
}
