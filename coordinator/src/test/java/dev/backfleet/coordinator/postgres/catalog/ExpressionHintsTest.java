package dev.backfleet.coordinator.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.clock.Sleeper;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.postgres.Database;
import dev.backfleet.common.settings.typed.DatabaseSettings;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.coordinator.finding.Finding;
import dev.backfleet.coordinator.finding.FindingCode;
import dev.backfleet.coordinator.operation.Actor;
import dev.backfleet.coordinator.operation.OperationRefused;
import dev.backfleet.coordinator.operation.SubmitJob;
import dev.backfleet.coordinator.postgres.TestDatabase;
import dev.backfleet.coordinator.postgres.plan.PostgresIntake;
import dev.backfleet.coordinator.postgres.plan.PostgresPreview;
import dev.backfleet.coordinator.postgres.trial.PostgresTrials;
import dev.backfleet.coordinator.query.plan.PlanSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What to do about an expression that PostgreSQL rejects is said with the rejection: which grant, which quotes. */
@Tag("server")
class ExpressionHintsTest {
    private static final String MEANT =
            "correct the name; or, if it is a text, write \"'new'\", with the quotes of SQL inside of those of YAML";

    private static TestDatabase db;
    private static Database bob;

    @BeforeAll
    static void create() throws SQLException {
        db = TestDatabase.open();
        db.run("create schema shop; create role bob login; grant usage on schema backfleet to bob");
        db.run("grant select, insert, update on all tables in schema backfleet to bob");
        db.run("create table shop.item (id bigint primary key, status text, note text)");
        db.run("create table shop.other (id bigint primary key, status text)");
        db.run("create function shop.shout(text) returns text language sql immutable as 'select upper($1)'");
        db.run("revoke execute on function shop.shout from public");
        db.run("insert into shop.item values (1, 'a', 'b')");
        bob = Database.open(
                DatabaseSettings.ofUrl(db.url.replaceFirst("\\?.*", "") + "?user=bob"),
                new Database.Profile("backfleet", 1, List.of(), Duration.ofSeconds(30)));
    }

    @AfterAll
    static void close() throws SQLException {
        bob.close();
        db.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"new\" | set.status: PostgreSQL rejects it: column \"new\" does not exist; " + MEANT,
                "'\"new\"' | set.status: PostgreSQL rejects it: column \"new\" does not exist; " + MEANT,
                "new | set.status: PostgreSQL rejects it: column \"new\" does not exist; " + MEANT,
                "'coalesce(status, \"it''s\")' | set.status: PostgreSQL rejects it: column \"it's\" does not exist; double quotes "
                        + "are for the names of columns: if it is a text, write 'it''s'",
                "in progress | set.status: PostgreSQL rejects it: syntax error at or near \"in\"; correct it; or, if it is a "
                        + "text, write \"'in progress'\", with the quotes of SQL inside of those of YAML",
                "coalesce(status, nothing) | set.status: PostgreSQL rejects it: column \"nothing\" does not exist; correct the expression; "
                        + "it may use the columns of the row",
            })
    void a_text_without_the_quotes_of_SQL_gets_them_suggested(String expression, String message) {
        assertThatThrownBy(() -> db.submit("name: j\ntable: shop.item\nset:\n  status: " + expression + "\n"))
                .isInstanceOf(SpecException.class)
                .hasMessage("s.yaml:4: " + message);
    }

    private static SubmitJob.Submitted submit(String name, String expression) {
        return new SubmitJob(new PostgresCatalog(bob), new PostgresIntake(bob))
                .run(
                        Actor.commandLine("me"),
                        SpecParser.parse(
                                "s.yaml",
                                "name: " + name + "\ntable: shop.item\nset: { status: \"" + expression + "\" }\n"));
    }

    private static void assertDenied(String expression, String what, String grants) {
        assertThatThrownBy(() -> submit("j", expression))
                .isInstanceOf(SpecException.class)
                .hasMessage(
                        "s.yaml:" + what + "; let the owner run: " + grants + "; the workers' role needs it as well");
    }

    // Each message names what is granted next: at the end nothing is missing.
    @Test
    void a_missing_grant_is_named_with_the_role_until_none_is_missing() throws SQLException {
        assertDenied(
                "upper(note)",
                "2: table: bob may not use the schema of shop.item",
                "grant usage on schema shop to bob");
        db.run("grant usage on schema shop to bob");
        assertDenied(
                "upper(note)",
                "3: set.status: PostgreSQL rejects it: permission denied for table item",
                "grant select (note), update (status) on shop.item to bob");
        db.run("grant select (note, status) on shop.item to bob");
        assertDenied(
                "upper(note)",
                "3: set.status: PostgreSQL rejects it: permission denied for table item",
                "grant update (status) on shop.item to bob");
        db.run("grant update (status) on shop.item to bob");
        assertDenied(
                "shop.shout(note)",
                "3: set.status: PostgreSQL rejects it: permission denied for function shout",
                "grant execute on function shop.shout(text) to bob");
        db.run("grant execute on function shop.shout to bob");
        assertDenied(
                "(select max(status) from shop.other)",
                "3: set.status: PostgreSQL rejects it: permission denied for table other",
                "grant select on shop.other to bob");
        db.run("grant select on shop.other to bob");
        db.run("grant select (id) on shop.item to bob");
        assertThat(submit("right", "shop.shout(note)").findings())
                .extracting(Finding::code)
                .containsExactly(FindingCode.NO_WHERE, FindingCode.FUNCTION_NOT_CHECKED, FindingCode.SESSIONS_HIDDEN);
        db.run("delete from backfleet.job");
        // PostgreSQL accepts the expression; the batch reads the key as well.
        db.run("revoke select (id, note, status) on shop.item from bob");
        assertThat(submit("key", "'x'").findings())
                .filteredOn(finding -> finding.code() == FindingCode.PRIVILEGE_MISSING)
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.line())
                                .startsWith("this role may not change the first row: ")
                                .endsWith(
                                        "; let the owner run: grant select (id) on shop.item to bob; the workers' role needs it as well"));
        // A plan cuts the table into shards, with the role of the person.
        assertThatThrownBy(() -> new PlanSpec(
                                new PostgresCatalog(bob),
                                new PostgresIntake(bob),
                                new PostgresPreview(bob, Ticker.system()),
                                new PostgresTrials(bob, Ticker.system(), Sleeper.system()))
                        .run(SpecParser.parse("s.yaml", "name: dry\ntable: shop.item\nset: { status: \"'x'\" }\n")))
                .isInstanceOf(OperationRefused.class)
                .hasMessageStartingWith("this role may not change the first row: ")
                .hasMessageEndingWith(
                        "; let the owner run: grant select (id) on shop.item to bob; the workers' role needs it as well");
    }
}
