package dev.backfleet.coordinator.migration.sync;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.coordinator.migration.Migration;
import dev.backfleet.coordinator.migration.Migration.SyncErrors;
import dev.backfleet.coordinator.migration.sync.SyncTrigger.Event;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes what keeps the copies of a table's rows as the rows are, in the statements that write the rows: one way, from the rows to the
 * copies.
 *
 * <p>They fire AFTER the row was written: a copy may refer to its row by a foreign key, and another trigger may have changed the row
 * before. Whether an update concerns the copy is seen from the values, not from the columns that the statement names; so the job's own
 * write-back, and that of the function, concern none, and need no guard. They fire for a statement of the job all the same if a trigger of
 * the table changes what is copied in it. The copies of deleted rows go first: PostgreSQL checks a foreign key to the deleted
 * row by a trigger too, whose name begins with RI_, and fires triggers in the order of their names.
 */
public final class CopySync implements Sync {
    /** The longest name of a job whose triggers have names of their own: PostgreSQL cuts longer ones. */
    public static final int LONGEST_NAME = 40;

    private final KeptCopies copies;
    private final SyncNames names;

    /**
     * That of a migration.
     *
     * @param source its table, with its schema
     */
    public CopySync(Migration migration, CopiedTable source) {
        this(new KeptCopies(
                new SyncNames(migration.name(), name(source)),
                source,
                migration.from(),
                migration.onError(),
                false,
                Map.of()));
    }

    private CopySync(KeptCopies copies) {
        this.copies = copies;
        this.names = copies.names();
    }

    /**
     * That of a job that belongs to no migration.
     *
     * @param job its name, of at most {@link #LONGEST_NAME} characters
     */
    public static CopySync ofJob(String job, CopiedTable source) {
        return new CopySync(new KeptCopies(
                new SyncNames(SyncNames.Owner.JOB, job, name(source)),
                source,
                List.of(),
                SyncErrors.RAISE,
                false,
                Map.of()));
    }

    private static TableName name(CopiedTable source) {
        var table = source.definition().table();
        return TableName.of(Identifier.of(table.schema()), Identifier.of(table.name()));
    }

    @Override
    public CopySync observing() {
        return new CopySync(copies.observed());
    }

    @Override
    public CopySync renamed(Map<Identifier, Identifier> others) {
        return new CopySync(copies.renamed(others));
    }

    @Override
    public String definition() {
        return SyncText.function(function(), copies.source().settings(), body());
    }

    @Override
    public List<SyncTrigger> triggers() {
        return List.of(
                SyncTrigger.after(Event.DELETE, names.deleteTrigger(), trigger(names.deleteTrigger(), "delete", "")),
                SyncTrigger.after(Event.INSERT, names.insertTrigger(), trigger(names.insertTrigger(), "insert", "")),
                SyncTrigger.after(
                        Event.UPDATE,
                        names.updateTrigger(),
                        trigger(
                                names.updateTrigger(),
                                "update",
                                "when (row("
                                        + SyncText.fields("old", copies.source().columns())
                                        + ")::record operator(pg_catalog.*<>) row("
                                        + SyncText.fields("new", copies.source().columns()) + ")::record) ")));
    }

    private String trigger(Identifier name, String event, String when) {
        return "create trigger " + name.quoted() + " after " + event + " on " + copies.table() + " for each row " + when
                + "execute function " + function() + "()";
    }

    /** The statements that create it for a job, each without a semicolon at its end. */
    public List<String> statements() {
        var comment = SyncNames.literal("Backfleet, job " + names.name() + ": keeps the copies in "
                + copies.copy().into().shown() + " as the rows are; backfleet sync prints how to remove it");
        return Stream.concat(
                        Stream.of(create(), "comment on function " + function() + "() is " + comment),
                        triggers().stream().map(SyncTrigger::statement))
                .toList();
    }

    /** The statements that remove it, each without a semicolon at its end; they may be run again. */
    public List<String> drop() {
        return Stream.concat(
                        names.triggers().stream()
                                .map(name -> "drop trigger if exists " + name.quoted() + " on " + copies.table()),
                        Stream.of("drop function if exists " + function() + "()"))
                .toList();
    }

    @Override
    public String body() {
        return new CopyBody(copies).text();
    }

    private String function() {
        return names.function().quoted();
    }
}
