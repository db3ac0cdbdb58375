package dev.backfleet.coordinator.postgres.quarantine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.coordinator.operation.Lookup;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.query.PostgresQueries;
import dev.backfleet.coordinator.query.quarantine.ExplainRow;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Explanation;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Outcome;
import dev.backfleet.coordinator.query.quarantine.ExplainRow.Said;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A row in quarantine is explained in PostgreSQL's own words; nothing is changed, stored or logged by that. */
@Tag("server")
class ExplanationsTest {
    private static final Map<Identifier, SqlExpression> AS_IT_IS = Map.of();
    private static final String ALL = "select (select string_agg(t::text, ' ' order by t) from t) || "
            + "(select string_agg(q::text, ' ') from backfleet.quarantine q) || (select count(*) from backfleet.audit) || "
            + "(select string_agg(j::text, ' ') from backfleet.job j)";

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
        db.run("drop table if exists t cascade; delete from backfleet.job; truncate backfleet.audit");
    }

    private static Explanation explain(Map<Identifier, SqlExpression> instead, String... key) throws SQLException {
        var before = db.ask(ALL);
        var explained = new ExplainRow(
                        new Lookup(new PostgresQueries(db.database)), new PostgresExplanations(db.database))
                .run("j", List.of(key), instead);
        assertThat(db.ask(ALL)).as("what is stored").isEqualTo(before);
        return explained;
    }

    private static Said rejection(String... key) throws SQLException {
        var explained = explain(AS_IT_IS, key);
        assertThat(explained.outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(explained.table()).isEqualTo("public.t");
        return Objects.requireNonNull(explained.said());
    }

    private static String part(Said said, String name) {
        return said.parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow()
                .text();
    }

    @Test
    void a_violated_constraint_is_explained_with_the_row_even_while_the_job_is_paused() throws SQLException {
        var rows = QuarantinedRows.of(db, "", 1, 60);
        rows.state("PAUSED");
        db.run("alter table t add constraint small check (n < 5); update t set n = 4 where id = 60");
        var said = rejection("2", "60");
        assertThat(said.sqlState()).isEqualTo("23514");
        assertThat(said.message()).isEqualTo("new row for relation \"t\" violates check constraint \"small\"");
        assertThat(part(said, "detail")).isEqualTo("Failing row contains (2, 60, 5).");
        assertThat(part(said, "constraint")).isEqualTo("small");
        assertThat(said.toString() + said.parts()).doesNotContain("60");
    }

    @Test
    void what_a_trigger_raises_and_a_constraint_that_is_checked_at_commit_are_explained() throws SQLException {
        QuarantinedRows.of(db, "", 1, 2);
        db.run("create or replace function tells() returns trigger language plpgsql as $$ begin if new.id = 1 then "
                + "raise exception 'no row % today', new.id using hint = 'tomorrow'; end if; return new; end $$");
        db.run("create trigger tells before update on t for each row execute function tells()");
        var raised = rejection("1", "1");
        assertThat(raised.sqlState() + " " + raised.message()).isEqualTo("P0001 no row 1 today");
        assertThat(part(raised, "hint")).isEqualTo("tomorrow");
        assertThat(part(raised, "where")).contains("tells() line 1 at RAISE");

        db.run("alter table t add u integer, add constraint late unique (u) deferrable initially deferred");
        db.run("create or replace function doubles() returns trigger language plpgsql as $$ begin "
                + "new.u := 7; return new; end $$");
        db.run("create trigger doubles before update on t for each row execute function doubles()");
        db.run("update t set n = n where id = 50");
        assertThat(part(rejection("1", "2"), "detail")).isEqualTo("Key (u)=(7) already exists.");
    }

    @Test
    void other_expressions_are_tried_and_replace_none() throws SQLException {
        QuarantinedRows.of(db, "", 1);
        db.run("alter table t add check (n < 5); update t set n = 4 where id = 1");
        assertThat(explain(AS_IT_IS, "1", "1").outcome()).isEqualTo(Outcome.REJECTED);
        var half = Map.of(Identifier.of("n"), SqlExpression.parse("n / 2"));
        assertThat(explain(half, "1", "1")).isEqualTo(new Explanation(Outcome.ACCEPTED, "public.t", null));
        var wrong = explain(Map.of(Identifier.of("n"), SqlExpression.parse("nothing")), "1", "1");
        assertThat(Objects.requireNonNull(wrong.said()).message()).isEqualTo("column \"nothing\" does not exist");
        assertThatThrownBy(() -> explain(Map.of(Identifier.of("m"), SqlExpression.parse("1")), "1", "1"))
                .isInstanceOf(OperationRefused.class)
                .hasMessage("--set m: the job does not set this column");
    }

    @Test
    void a_row_that_is_gone_or_needs_no_change_is_told_apart_from_one_that_is_accepted() throws SQLException {
        QuarantinedRows.of(db, "where: n = 0\n", 1, 2, 3);
        db.run("delete from t where id = 1; update t set n = 1 where id = 2");
        assertThat(explain(AS_IT_IS, "1", "1").outcome()).isEqualTo(Outcome.NO_NEED);
        assertThat(explain(AS_IT_IS, "1", "2").outcome()).isEqualTo(Outcome.NO_NEED);
        assertThat(explain(AS_IT_IS, "1", "3").outcome()).isEqualTo(Outcome.ACCEPTED);
        assertThatThrownBy(() -> explain(AS_IT_IS, "1", "4"))
                .hasMessage("no row with the key (1, 4) is in quarantine: 'backfleet quarantine j' lists them");
        assertThatThrownBy(() -> explain(AS_IT_IS, "1"))
                .hasMessage("the key of j is (tenant, id): give --key once for each column");
    }

    @Test
    void a_row_that_the_application_has_locked_is_explained_as_that() throws SQLException {
        QuarantinedRows.of(db, "", 1);
        try (var application = db.connect();
                var statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("select from t where id = 1 for update");
            assertThat(rejection("1", "1").sqlState()).isEqualTo("55P03");
            application.rollback();
        }
    }
}
