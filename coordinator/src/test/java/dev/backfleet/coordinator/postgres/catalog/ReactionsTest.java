package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.spec.SpecException;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a table does by itself when rows are updated is refused or told of at submission. */
@Tag("server")
class ReactionsTest {
    private static final String SPEC = "name: j\ntable: t\nset: { n: n + 1 }\n";

    private static TestDatabase db;

    @BeforeAll
    static void open() {
        db = TestDatabase.open();
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @AfterEach
    void forget() throws SQLException {
        db.run("drop table if exists t, log cascade; drop function if exists f cascade; delete from backfleet.job");
    }

    private static void create(String more) throws SQLException {
        db.run("create table t (id integer primary key, n integer not null, o integer) partition by range (id); "
                + "create table t1 partition of t for values from (1) to (101); create table log (id integer); "
                + "create function f() returns trigger language plpgsql as 'begin return new; end'");
        db.run(more);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create rule r as on update to t do also insert into log values (old.id)",
                "create rule r as on update to t1 do instead nothing",
                "create rule r as on update to t1 where old.n > 5 do also insert into log values (old.id)",
                "create rule r as on update to t do also nothing; alter table t enable always rule r"
            })
    void a_table_with_a_rule_for_updates_is_refused(String rule) throws SQLException {
        create(rule);
        assertThatThrownBy(() -> db.submit(SPEC))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining(" has the rule r ON UPDATE, which rewrites the statements of the job");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create rule r as on update to t do also nothing; alter table t disable rule r",
                "create rule r as on insert to t1 do also insert into log values (new.id)",
                "create trigger g after update on t1 for each statement execute function f()",
                "create trigger g before update of o on t for each row execute function f()",
                "create trigger g before insert on t for each row execute function f()",
                "create trigger g after update on t for each row execute function f()",
                "create trigger g after update on t for each statement execute function f(); alter table t disable trigger g",
                "create trigger g before update on t for each row execute function suppress_redundant_updates_trigger()"
            })
    void harmless_triggers_are_not_noted(String one) throws SQLException {
        create(one);
        assertThat(TestDatabase.notes(db.submit(SPEC))).isEmpty();
    }

    @Test
    void a_statement_trigger_on_the_partitioned_table_is_noted() throws SQLException {
        create("create trigger g after update on t referencing new table as r for each statement execute function f()");
        assertThat(TestDatabase.notes(db.submit(SPEC)))
                .containsExactly(
                        "the trigger g on public.t does not fire: it is for statements on the partitioned table, and the"
                                + " job updates the partitions");
    }

    @Test
    void a_trigger_that_can_keep_a_row_unchanged_is_noted_once() throws SQLException {
        create("create trigger g before update on t for each row execute function f(); "
                + "create table t2 partition of t for values from (101) to (201)");
        assertThat(TestDatabase.notes(db.submit(SPEC)))
                .singleElement()
                .asString()
                .startsWith("the trigger g on public.t fires BEFORE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "replica"})
    void a_trigger_that_fires_although_triggers_are_suppressed_is_noted(String when) throws SQLException {
        create("create trigger g after update on t1 for each row execute function f(); alter table t1 enable " + when
                + " trigger g; create trigger o after update on t1 for each row execute function f()");
        assertThat(TestDatabase.notes(db.submit(SPEC + "triggers: suppress\n")))
                .contains(
                        "the trigger g on public.t1 fires though triggers are suppressed: it is enabled ALWAYS or for REPLICA;"
                                + " AFTER each row: public.f() in plpgsql")
                .noneMatch(note -> note.contains("trigger o"));
    }
}
