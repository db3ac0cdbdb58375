package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.JobDefinition;
import dev.backfleet.common.postgres.SessionSettings;
import dev.backfleet.common.postgres.batch.CopyPart;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.coordinator.migration.sync.CopiedTable;
import dev.backfleet.coordinator.migration.sync.CopySync;
import dev.backfleet.coordinator.pin.SpecPinner;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.catalog.PostgresCatalog;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The triggers that keep copies as the rows are, against a model, on a real server: writers of several kinds, and batches of the job between
 * them. A row that was written since the triggers were made has a copy that is as the row is, and points to it; when the job is done, each
 * row has, and there is no other copy.
 */
@Tag("server")
class CopySyncTest {
    private static final int ROWS = 12;
    private static final int STEPS = 40;

    private static final String SPEC = """
            name: split
            table: '"Odd s".orders'
            into:
              table: '"Odd s".shipments'
              columns: { '"Order"': no, order_id: id, address: "trim(address) || coalesce('/' || note, '')", first: "(tags)[1]" }
              key: ['"Order"']
              on-conflict: update
              write-back: { shipment_id: id }
            where: shipment_id is null
            """;

    private static TestDatabase db;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        db.run("create schema \"Odd s\"");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run(
                "drop table if exists \"Odd s\".shipments, \"Odd s\".orders cascade; drop function if exists \"Odd s\".fill(), \"Odd s\".backfleet_copy_split()");
    }

    // Foreign keys both ways; a trigger that changes what a statement does not name, also one of the job; a column of
    // the same name in both tables.
    private static CopySync made(UnaryOperator<String> mutation) throws SQLException {
        db.run("set search_path = \"Odd s\", public");
        db.run(
                "create table orders (id bigint primary key, no integer not null unique, address text, note text, tags text[], "
                        + "other integer, shipment_id bigint)");
        db.run(
                "create table shipments (id bigint generated always as identity primary key, \"Order\" bigint not null unique, "
                        + "order_id bigint not null references orders (id), address text, first varchar(10))");
        db.run("create function fill() returns trigger language plpgsql as "
                + "'begin if new.other = 7 then new.note := ''seven''; end if; return new; end'");
        db.run("create trigger fill before update on orders for each row execute function fill()");
        db.run(
                "insert into orders (id, no, address, tags, other) select i, i, ' street ' || i, array['t' || i], case i when 11 then 7 end "
                        + "from generate_series(1, "
                        + ROWS + ") i");
        db.run("reset search_path");
        var sync = sync();
        for (var statement : sync.statements()) {
            db.run(mutation.apply(statement));
        }
        return sync;
    }

    private static JobDefinition job() {
        return SpecPinner.pin(new PostgresCatalog(db.database), SpecParser.parse("s.yaml", SPEC))
                .definition();
    }

    private static CopySync sync() {
        var columns = Stream.of("id", "no", "address", "note", "tags")
                .map(Identifier::of)
                .toList();
        return CopySync.ofJob("split", new CopiedTable(job(), columns, Map.of(), SessionSettings.ofExpressions()));
    }

    /** Writers at random; what is wrong, if anything is. */
    private static Optional<String> run(long seed) throws SQLException {
        var random = new Random(seed);
        var batch = "begin; set local backfleet.sync = 'split'; with "
                + new CopyPart(job()).change("\"Odd s\".orders", "orders.id between %1$d and %2$d")
                + " select count(*) from backfleet_change; commit";
        var next = ROWS;
        var log = new ArrayList<String>();
        for (var step = 0; step < STEPS; step++) {
            var id = 1 + random.nextInt(next);
            var sql =
                    switch (random.nextInt(9)) {
                        case 0 ->
                            "insert into \"Odd s\".orders (id, no, address) values (%d, %1$d, 'new')".formatted(++next);
                        case 1 ->
                            "update \"Odd s\".orders set address = address || 'x' where id in (%d, %d)"
                                    .formatted(id, id + 1);
                        case 2 ->
                            "update \"Odd s\".orders set other = %d where id = %d".formatted(random.nextInt(8), id);
                        case 3 -> "update \"Odd s\".orders set other = 7, note = null where id = %d".formatted(id);
                        case 4 -> "delete from \"Odd s\".orders where id = %d".formatted(id);
                        case 5 -> "update \"Odd s\".orders set no = no + 1000 where id = %d".formatted(id);
                        case 6 ->
                            "insert into \"Odd s\".orders (id, no, address) values (%d, %1$d, 'u') on conflict (id) do update set note = 'u'"
                                    .formatted(id);
                        case 7 ->
                            "begin; insert into \"Odd s\".orders (id, no, tags) values (%d, %1$d, '{a,b}'); savepoint s; delete from \"Odd s\".orders "
                                            .formatted(++next)
                                    + "where id = " + next
                                    + "; rollback to s; update \"Odd s\".orders set tags = '{c}' where id = " + next
                                    + "; commit";
                        default -> batch.formatted(id, id + 3);
                    };
            log.add(sql);
            var wrong = done(sql).or(() -> wrong(false));
            if (wrong.isPresent()) {
                return wrong.map(what -> "seed " + seed + ": " + what + " after " + log.get(log.size() - 1));
            }
        }
        return done(batch.formatted(0, next)).or(() -> wrong(true)).map(what -> "seed " + seed + ": " + what);
    }

    private static Optional<String> done(String sql) {
        try {
            db.run(sql);
            return Optional.empty();
        } catch (SQLException e) {
            rollBack();
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static void rollBack() {
        try {
            db.run("rollback");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<String> wrong(boolean all) {
        try {
            var found = db.ask("select concat_ws(', ', "
                    + "(select 'a copy is of no row' from \"Odd s\".shipments s where not exists (select from \"Odd s\".orders o where o.no = s.\"Order\") limit 1), "
                    + "(select 'a copy is not as its row' from \"Odd s\".orders o join \"Odd s\".shipments s on s.\"Order\" = o.no "
                    + "where (s.address, s.first, s.id) is distinct from (trim(o.address) || coalesce('/' || o.note, ''), (o.tags)[1], o.shipment_id) limit 1), "
                    + "(select 'a row has no copy' from \"Odd s\".orders o where (" + all + " or o.id > " + ROWS
                    + ") and not exists (select from \"Odd s\".shipments s where s.\"Order\" = o.no) limit 1))");
            return found.isEmpty() ? Optional.empty() : Optional.of(found);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void copies_are_as_their_rows_whoever_writes_them_and_nothing_is_left_of_it() throws SQLException {
        for (var seed = 1; seed <= 15; seed++) {
            var sync = made(UnaryOperator.identity());
            assertThat(run(seed)).isEmpty();
            for (var statement : sync.drop()) {
                db.run(statement);
                db.run(statement);
            }
            assertThat(db.ask("select count(*) from pg_trigger where tgname like '%backfleet_copy%'"))
                    .isEqualTo("0");
            assertThat(db.ask("select count(*) from pg_proc where proname like 'backfleet_copy%'"))
                    .isEqualTo("0");
            forget();
        }
    }

    @Test
    void the_write_back_of_a_batch_is_no_change_of_the_copy() throws SQLException {
        made(UnaryOperator.identity());
        db.run("with " + new CopyPart(job()).change("\"Odd s\".orders", "orders.id <= 5")
                + " select count(*) from backfleet_change");
        // One version each: the triggers have not written the copies once more.
        assertThat(
                        db.ask(
                                "select count(*) || ' ' || count(distinct xmin::text) || ' ' || max(cmin::text::int) from \"Odd s\".shipments"))
                .startsWith("5 1 ");
        db.run("create table updated (n integer)");
        db.run("create function \"Odd s\".count_update() returns trigger language plpgsql as "
                + "'begin insert into public.updated values (1); return null; end'");
        db.run(
                "create trigger counts after update on \"Odd s\".shipments for each row execute function \"Odd s\".count_update()");
        db.run("with " + new CopyPart(job()).change("\"Odd s\".orders", "orders.id between 6 and 9")
                + " select count(*) from backfleet_change");
        db.run("update \"Odd s\".orders set other = 1");
        assertThat(db.ask("select count(*) from updated")).isEqualTo("0");
        db.run("drop table updated");
    }

    /** Ways to write it wrong, each of which the model must find. */
    @SuppressWarnings("ImmutableEnumChecker") // replaces text, and keeps nothing
    enum Mutant {
        NO_CONFLICT_CLAUSE(text -> text.replaceAll("(?s)on conflict .*?record;", ";")),
        CONFLICT_DOES_NOTHING(text -> text.replaceAll("(?s)do update set .*?record;", "do nothing;")),
        BEFORE_THE_ROW(text -> text.replace("after insert", "before insert")),
        NO_WRITE_BACK(text -> text.replaceAll("(?s)update \"Odd s\"\\.\"orders\" as .*?record;", "")),
        NO_DELETE(text -> text.contains("after delete") ? "select" : text),
        DELETE_IN_THE_LAST_PLACE(text -> text.replace("\"A_backfleet", "\"zz_backfleet")),
        BY_NAMED_COLUMNS(text -> text.replaceAll(
                "(?s)after update on (.*?) for each row when .*? execute",
                "after update of id, no, address, tags on $1 for each row execute")),
        GUARDED(text -> text.replace(
                "when (row(", "when (current_setting('backfleet.sync', true) is distinct from 'split' and row(")),
        KEY_STAYS(text -> text.replaceAll("(?s)if tg_op = 'UPDATE' then.*?end if;\\s+end if;", ""));

        private final UnaryOperator<String> made;

        Mutant(UnaryOperator<String> made) {
            this.made = made;
        }
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void a_sync_that_is_written_wrong_is_found(Mutant mutant) throws SQLException {
        var found = Optional.<String>empty();
        for (var seed = 1; seed <= 15 && found.isEmpty(); seed++) {
            made(mutant.made);
            found = run(seed);
            forget();
        }
        assertThat(found).as(mutant.name()).isPresent();
    }
}
