package dev.backfleet.coordinator.postgres.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.coordinator.migration.step.Step;
import dev.backfleet.coordinator.postgres.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The sync against a model of two shapes, under random writers of all kinds; and each wrong way of writing it is noticed. */
@Tag("server")
class SyncTriggerTest {
    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static final int SEQUENCES = 125;
    private static final int MANY = 2_500;
    private static final int WRITES = 10;

    private static final Pattern CHANGED =
            Pattern.compile("row\\(([^()]*)\\)::record operator\\(pg_catalog\\.\\*<>\\) row\\(([^()]*)\\)::record");

    private static TestDatabase db;
    private static MigrationBench bench;

    @BeforeAll
    static void open() throws SQLException {
        db = TestDatabase.open();
        bench = new MigrationBench(db);
        db.run("create collation insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @AfterAll
    static void close() throws SQLException {
        db.close();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void both_shapes_say_the_same_whoever_writes(boolean twoWay, boolean leave, boolean partitioned)
            throws SQLException, IOException {
        var table = installed(twoWay, leave, partitioned, UnaryOperator.identity());
        sequences(table, twoWay, leave, 1, SEQUENCES);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("kinds")
    void they_do_in_ten_thousand_sequences(boolean twoWay, boolean leave, boolean partitioned)
            throws SQLException, IOException {
        var table = installed(twoWay, leave, partitioned, UnaryOperator.identity());
        sequences(table, twoWay, leave, 1 + SEQUENCES, MANY);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(true, true, false),
                Arguments.of(true, false, true),
                Arguments.of(false, true, true),
                Arguments.of(false, false, false));
    }

    private static SyncTables installed(
            boolean twoWay, boolean leave, boolean partitioned, UnaryOperator<String> mutation) throws SQLException {
        var table = new SyncTables("Sync " + SCHEMAS.incrementAndGet(), partitioned);
        table.create(db);
        var migration = table.migration(twoWay, leave);
        for (var step : bench.steps(migration)) {
            var statements = step.phase() == Step.Phase.SYNC
                    ? step.statements().stream().map(mutation).toList()
                    : step.statements();
            bench.execute(step.execution(), statements);
        }
        return table;
    }

    private static void sequences(SyncTables table, boolean twoWay, boolean leave, long first, int count)
            throws SQLException, IOException {
        try (var connection = db.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set search_path = public, pg_temp");
            connection.commit();
            for (var seed = first; seed < first + count; seed++) {
                sequence(connection, table, new SyncModel(twoWay, leave), seed);
            }
        }
    }

    private static void sequence(Connection connection, SyncTables table, SyncModel model, long seed)
            throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            var writers = new SyncWriters(connection, statement, table, model, seed);
            writers.before();
            for (var write = 0; write < WRITES; write++) {
                writers.write();
            }
        } finally {
            connection.rollback();
        }
    }

    static Stream<Arguments> mutants() {
        var guard = "pg_catalog.current_setting('backfleet.sync', true) is distinct from 'split-it'";
        return Stream.of(
                mutant(
                        "update of",
                        text -> text.replace(
                                "before update on",
                                "before update of \"Full \"\"n\", doc, \"new\", \"found\", \"tg_op\" on")),
                mutant("is distinct from, but as text of json", text -> CHANGED.matcher(text)
                        .replaceAll(SyncTriggerTest::distinct)),
                mutant("no guard", text -> text.replace(guard, "true")),
                mutant(
                        "any guard",
                        text -> text.replace(
                                guard, "coalesce(pg_catalog.current_setting('backfleet.sync', true), '') = ''")),
                mutant("trigger depth", text -> text.replace(guard, "pg_catalog.pg_trigger_depth() = 0")),
                mutant("named first", text -> text.replace("zz_backfleet_sync", "AA_backfleet_sync")),
                mutant("assigned while computing", text -> Pattern.compile(
                                "select (\\(.*?\n\\)), (\\(.*?\n\\)), (\\(.*?\n\\)) into backfleet_t1, backfleet_t2, backfleet_t3 from (.*?);",
                                Pattern.DOTALL)
                        .matcher(text)
                        .replaceAll("select $1 into new.\"new\" from $4; select $2 into backfleet_t2 from $4; "
                                + "select $3 into backfleet_t3 from $4; backfleet_t1 := new.\"new\";")),
                mutant("no fill in passing", text -> text.replace("= 0)) execute", "= 9)) execute")),
                mutant(
                        "dual writes overwritten",
                        text -> text.replace("backfleet_new and not backfleet_old", "backfleet_new")),
                mutant(
                        "old shape over a dual write",
                        text -> text.replace("not backfleet_new and (backfleet_old", "(backfleet_old")),
                mutant(
                        "unwritten columns stay empty",
                        text -> text.replace("tg_op = 'UPDATE' and backfleet_blank", "false")),
                mutant(
                        "every column counts as written",
                        text -> text.replace("operator(pg_catalog.*=)", "operator(pg_catalog.*<>)")),
                mutant("nothing is left", text -> text.replace("when others then", "when no_data_found then")));
    }

    private static String distinct(MatchResult changed) {
        var old = changed.group(1).split(", ", -1);
        var after = changed.group(2).split(", ", -1);
        return IntStream.range(0, old.length)
                .mapToObj(i -> cast(old[i]) + " is distinct from " + cast(after[i]))
                .collect(Collectors.joining(" or ", "(", ")"));
    }

    private static String cast(String field) {
        return field.endsWith("\"doc\"") || field.endsWith("\"tg_op\"") ? field + "::text" : field;
    }

    private static Arguments mutant(String name, UnaryOperator<String> mutation) {
        return Arguments.of(name, mutation);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutants")
    void each_wrong_way_is_noticed(String name, UnaryOperator<String> mutation) {
        var changed = new AtomicInteger();
        assertThatThrownBy(() -> sequences(
                        installed(true, true, false, text -> {
                            var mutated = mutation.apply(text);
                            changed.addAndGet(mutated.equals(text) ? 0 : 1);
                            return mutated;
                        }),
                        true,
                        true,
                        1,
                        200))
                .as(name)
                .isInstanceOf(AssertionError.class);
        assertThat(changed).as(name).hasPositiveValue();
    }

    @Test
    void a_plain_comparison_knows_no_equality_of_json() {
        assertThatThrownBy(() -> installed(
                        true, true, false, text -> text.replace("operator(pg_catalog.*<>)", "is distinct from")))
                .hasMessageContaining("operator does not exist: json = json");
    }
}
