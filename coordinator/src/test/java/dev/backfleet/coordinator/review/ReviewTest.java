package dev.backfleet.coordinator.review;

import static dev.backfleet.coordinator.review.ReviewedTable.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found about expressions, triggers and indexes: each finding where its cause is, and not where it is not. */
@Tag("server")
class ReviewTest {
    @SuppressWarnings("NullAway.Init") // set before all tests
    private static ReviewedTable table;

    @BeforeAll
    static void open() {
        table = new ReviewedTable();
    }

    @AfterAll
    static void close() throws SQLException {
        table.close();
    }

    @AfterEach
    void drop() throws SQLException {
        table.drop();
    }

    @Test
    void a_deadline_that_has_passed_by_the_servers_clock_is_found() throws SQLException {
        table.create("create index on \"T t\" (o); analyze \"T t\"");
        assertThat(table.all(SPEC + "deadline: 2020-01-01 00:00 UTC\n"))
                .extracting(Finding::code)
                .containsExactly(FindingCode.DEADLINE_PASSED);
        assertThat(table.all(SPEC + "deadline: 2120-01-01 00:00 UTC\n")).isEmpty();
    }

    @Test
    void nothing_is_found_about_a_table_that_is_as_it_should_be() throws SQLException {
        table.create("create index on \"T t\" (o); analyze \"T t\"");
        assertThat(table.all(SPEC)).isEmpty();
        table.drop();
        table.createPartitioned("analyze \"T t\"");
        assertThat(table.all(SPEC + "tenant: tenant\n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n is null | n + 1 | false | reads-own-column",
                "o is null | n + 1 | true | where-stays-true, not-idempotent",
                "o is null | 5 | true | where-stays-true",
                "lower(o) = 'n' | 5 | true | where-stays-true",
                "g is null | 5 | false | generated-columns",
                "\"T t\" is null | 5 | false | ''",
                "n < 3 | length(o) | false | ''",
            })
    void a_condition_that_stays_true_and_a_value_that_depends_on_itself(
            String where, String value, boolean staysTrue, String codes) throws SQLException {
        table.create(
                where.startsWith("g")
                        ? "alter table \"T t\" add g integer generated always as (n + 1) stored"
                        : "select 1");
        var found = table.all(SPEC.replace("n is null", "'" + where.replace("'", "''") + "'")
                .replace("{ n: 1 }", "{ n: '" + value + "' }"));
        assertThat(found.stream().map(finding -> finding.code().text()).toList())
                .isEqualTo(codes.isEmpty() ? List.of() : List.of(codes.split(", ")));
        assertThat(found.stream().anyMatch(finding -> finding.code() == FindingCode.WHERE_STAYS_TRUE))
                .isEqualTo(staysTrue);
    }

    @Test
    void volatile_functions_and_the_time_of_a_batch_are_named() throws SQLException {
        table.create("create sequence s");
        assertThat(table.of(
                        FindingCode.VOLATILE_EXPRESSION, SPEC.replace("{ n: 1 }", "{ n: \"(random() * 9)::int\" }")))
                .singleElement()
                .asString()
                .startsWith("an expression calls random(), which is VOLATILE");
        assertThat(table.of(
                        FindingCode.VOLATILE_EXPRESSION,
                        SPEC.replace("{ n: 1 }", "{ n: \"nextval('\\\"My shop\\\".s')\" }")))
                .singleElement()
                .asString()
                .startsWith("an expression calls nextval(), which is VOLATILE");
        // A column of that name is no call.
        table.db.run("alter table \"My shop\".\"T t\" add random integer");
        assertThat(table.all(SPEC.replace("{ n: 1 }", "{ n: \"random + length(now()::text)\" }")))
                .extracting(Finding::code)
                .containsExactly(FindingCode.TIME_OF_TRANSACTION);
    }

    @Test
    void a_function_that_a_person_has_written_is_told_with_what_it_reads() throws SQLException {
        table.create(
                "create table rates (n integer); create function rate(i bigint) returns integer immutable language sql as"
                        + " 'select max(n) from \"My shop\".rates'; create function sum2(i bigint) returns integer immutable language sql as"
                        + " 'select 2'");
        var spec = SPEC.replace("{ n: 1 }", "{ n: '\"My shop\".rate(id)' }");
        assertThat(table.of(FindingCode.FUNCTION_NOT_CHECKED, spec))
                .containsExactly(
                        "the function \"My shop\".rate is declared IMMUTABLE, which PostgreSQL does not check; it reads"
                                + " \"My shop\".rates: a function that reads tables is not IMMUTABLE");
        assertThat(table.of(
                        FindingCode.FUNCTION_NOT_CHECKED, SPEC.replace("{ n: 1 }", "{ n: '\"My shop\".sum2(id)' }")))
                .containsExactly(
                        "the function \"My shop\".sum2 is declared IMMUTABLE, which PostgreSQL does not check");
        table.db.run("alter function \"My shop\".rate volatile");
        assertThat(table.of(FindingCode.FUNCTION_NOT_CHECKED, spec)).isEmpty();
        assertThat(table.of(FindingCode.VOLATILE_EXPRESSION, spec)).hasSize(1);
    }

    @Test
    void sub_selects_that_read_a_large_table_from_beginning_to_end() throws SQLException {
        table.create("create table \"Look up\" (k bigint, v integer, fill text)");
        table.db.run(
                "alter table \"My shop\".\"Look up\" alter fill set storage plain; insert into \"My shop\".\"Look up\" select i, i,"
                        + " repeat('x', 1900) from generate_series(1, 5000) i; analyze \"My shop\".\"Look up\"");
        var spec = SPEC.replace(
                "{ n: 1 }", "{ n: '(select max(v) from \"My shop\".\"Look up\" l where l.k = \"T t\".id)' }");
        assertThat(table.of(FindingCode.SUBSELECT_WITHOUT_INDEX, spec))
                .singleElement()
                .asString()
                .startsWith("a sub-select reads \"My shop\".\"Look up\" from beginning to end");
        table.db.run("create index on \"My shop\".\"Look up\" (k)");
        assertThat(table.of(FindingCode.SUBSELECT_WITHOUT_INDEX, spec)).isEmpty();
        assertThat(table.of(
                        FindingCode.SUBSELECT_WITHOUT_INDEX,
                        spec.replace("n is null", "n is null and id in (select v from" + " \"My shop\".\"Look up\")")))
                .hasSize(1);
    }

    @Test
    void triggers_are_told_with_what_they_do() throws SQLException {
        table.createPartitioned(
                "create table log (id bigint); create function \"F f\"() returns trigger language plpgsql security definer as"
                        + " 'begin insert into \"My shop\".log values (new.id); return new; end'; create trigger \"A a\" after update on \"T t\""
                        + " for each row execute function \"F f\"()");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC))
                .singleElement()
                .asString()
                .startsWith(
                        "triggers that the job fires: \"A a\" (AFTER each row: \"My shop\".\"F f\"() in plpgsql with its owner's rights,"
                                + " writes \"My shop\".log)");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC + "triggers: suppress\n"))
                .isEmpty();
        table.db.run("alter table \"My shop\".\"T t\" disable trigger \"A a\"");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC)).isEmpty();
        table.db.run("alter table \"My shop\".\"T t\" enable replica trigger \"A a\"");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC)).isEmpty();
        assertThat(table.of(FindingCode.TRIGGER_NOT_SUPPRESSED, SPEC + "triggers: suppress\n"))
                .hasSize(1);
        table.db.run(
                "create trigger s after update on \"My shop\".\"T t\" for each statement execute function \"My shop\".\"F f\"()");
        assertThat(table.of(FindingCode.TRIGGER_DOES_NOT_FIRE, SPEC)).hasSize(1);
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC)).isEmpty();
        table.db.run(
                "create trigger s after update of n on \"My shop\".one for each statement execute function \"My shop\".\"F f\"()");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC))
                .singleElement()
                .asString()
                .contains("s (AFTER each batch");
        assertThat(table.of(FindingCode.TRIGGERS_FIRE, SPEC.replace("{ n: 1 }", "{ o: \"'x'\" }")))
                .isEmpty();
    }

    @Test
    void an_index_over_a_generated_column_counts_for_the_columns_that_it_is_computed_from() throws SQLException {
        table.create(
                "alter table \"T t\" add g integer generated always as (n + 1) stored; create index i on \"T t\" (g)");
        assertThat(table.of(FindingCode.COLUMN_INDEXED, SPEC))
                .singleElement()
                .asString()
                .startsWith("the column g is in the index");
        assertThat(table.of(FindingCode.COLUMN_INDEXED, SPEC.replace("{ n: 1 }", "{ o: \"'x'\" }")))
                .isEmpty();
    }

    @Test
    void another_job_on_other_columns_is_a_remark() throws SQLException {
        table.create("select 1");
        table.db.submit(SPEC);
        var other = table.db.submit(SPEC.replace("name: j", "name: k")
                .replace("{ n: 1 }", "{ o: \"'x'\" }")
                .replace("n is", "o is"));
        assertThat(other.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.code()).isEqualTo(FindingCode.OTHER_JOB);
            assertThat(finding.message())
                    .startsWith("the unfinished job j (id ")
                    .endsWith(" changes n of the same table");
        });
        table.db.run("update backfleet.job set reconciles = id");
        var third = table.db.submit(SPEC.replace("name: j", "name: l"));
        assertThat(third.findings()).as("a reconcile changes no row").isEmpty();
    }
}
