package dev.backfleet.common.spec.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.job.ErrorBudget;
import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.Rollout;
import dev.backfleet.common.job.TimeWindow;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.spec.Limits;
import dev.backfleet.common.spec.SpecException;
import dev.backfleet.common.spec.key.SpecLocations;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.common.throttle.ThrottleSpec;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What specs that are right mean. */
class SpecParserTest {
    private static final String LEAST = "name: n1\ntable: t\nset: { a: b }\n";

    @Test
    void every_key_of_the_documented_example_is_read() {
        var spec = SpecParser.parse("packages.yaml", SpecReference.EXAMPLE).spec();

        assertThat(spec.name()).isEqualTo("split-package-names");
        assertThat(spec.table()).isEqualTo(TableName.parse("public.packages"));
        assertThat(spec.tenant()).contains(Identifier.of("tenant_id"));
        assertThat(spec.change().set().keySet()).extracting(Identifier::name).containsExactly("scope", "short_name");
        assertThat(spec.change().set().get(Identifier.of("scope")))
                .hasToString("case when full_name like '@%/%' then split_part(full_name, '/', 1) else '' end");
        assertThat(spec.change().where()).contains(SqlExpression.parse("short_name is null"));
        assertThat(spec.key()).contains(List.of(Identifier.of("id")));
        assertThat(spec.limits())
                .isEqualTo(new Limits(
                        50_000,
                        Duration.ofMillis(100),
                        10_000,
                        Duration.ofMillis(1500),
                        OptionalLong.of(50_000),
                        OptionalLong.of(20L << 20),
                        8,
                        Priority.NORMAL,
                        ErrorBudget.DEFAULT,
                        OptionalInt.empty()));
        assertThat(spec.change().triggers()).isEqualTo(Triggers.FIRE);
        assertThat(spec.window())
                .contains(new TimeWindow(
                        LocalTime.of(22, 0),
                        LocalTime.of(6, 0),
                        ZoneId.of("Europe/Berlin"),
                        Set.of(DayOfWeek.MONDAY, DayOfWeek.TUESDAY)));
        assertThat(spec.rollout())
                .contains(new Rollout(
                        List.of(tenants("7", "42"), percent(5), percent(100)),
                        Rollout.Promotion.MANUAL,
                        Duration.ofMinutes(10),
                        null));
        assertThat(spec.source()).isEqualTo(SpecReference.EXAMPLE);
    }

    @Test
    void what_is_left_out_has_its_default() {
        var spec = SpecParser.parse("least.yaml", LEAST).spec();

        assertThat(spec.tenant()).isEmpty();
        assertThat(spec.change().where()).isEmpty();
        assertThat(spec.key()).isEmpty();
        assertThat(spec.limits())
                .isEqualTo(new Limits(
                        100_000,
                        Duration.ofMillis(100),
                        10_000,
                        Duration.ofMillis(1500),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        8,
                        Priority.NORMAL,
                        ErrorBudget.DEFAULT,
                        OptionalInt.empty()));
        assertThat(spec.window()).isEmpty();
    }

    private static Rollout.Wave tenants(String... tenants) {
        return new Rollout.Wave(List.of(tenants), 0);
    }

    private static Rollout.Wave percent(int percent) {
        return new Rollout.Wave(List.of(), percent);
    }

    @Test
    void a_rollout_may_promote_automatically() {
        var text = LEAST + "rollout: { waves: [{ tenants: [007] }, { percent: 100 }], promote: auto, soak: 2h }";
        assertThat(SpecParser.parse("f.yaml", text).spec().rollout())
                .contains(new Rollout(
                        List.of(tenants("007"), percent(100)), Rollout.Promotion.AUTO, Duration.ofHours(2), null));
        assertThat(SpecParser.parse("f.yaml", LEAST).spec().rollout()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5000, 5000", "5k, 5000", "5K, 5000", "1.5M, 1500000", "0.25k, 250", "10M, 10000000"})
    void a_rate_is_short_for_rows_per_second(String written, long rows) {
        for (var text : List.of("rate: " + written, "rate: { rows-per-second: " + written + " }")) {
            var limits = SpecParser.parse("f.yaml", LEAST + text).spec().limits();
            assertThat(limits.rowsPerSecond()).hasValue(rows);
            assertThat(limits.walBytesPerSecond()).isEmpty();
        }
    }

    @Test
    void a_number_in_a_rollout_is_short_for_a_percentage() {
        for (var text : List.of("rollout: [5, 25, 100]", "rollout: { waves: [5, { percent: 25 }, 100] }")) {
            assertThat(SpecParser.parse("f.yaml", LEAST + text).spec().rollout())
                    .contains(new Rollout(
                            List.of(percent(5), percent(25), percent(100)),
                            Rollout.Promotion.MANUAL,
                            Duration.ofMinutes(10),
                            null));
        }
    }

    @Test
    void an_error_budget_is_read() {
        var text = LEAST + "error-budget: { rows: 0, ratio: 2.5% }";
        assertThat(SpecParser.parse("f.yaml", text).spec().limits().errorBudget())
                .isEqualTo(new ErrorBudget(0, 0.025));
    }

    @Test
    void empty_groups_have_their_defaults_too() {
        assertThat(SpecParser.parse("f", LEAST + "shard: {}\nbatch: {}\nrate: {}")
                        .spec()
                        .limits())
                .isEqualTo(SpecParser.parse("f", LEAST).spec().limits());
    }

    @ParameterizedTest
    @CsvSource({
        "'shard: { rows: 1 }', 1, 100, 10000, , 8",
        "'shard: { rows: 10000000 }', 10000000, 100, 10000, , 8",
        "'batch: { duration: 10ms, max-rows: 1 }', 100000, 10, 1, , 8",
        "'batch: { duration: 5s, max-rows: 100000 }', 100000, 5000, 100000, , 8",
        "'rate: none', 100000, 100, 10000, , 8",
        "'rate: { rows-per-second: none }', 100000, 100, 10000, , 8",
        "'rate: { rows-per-second: 1 }', 100000, 100, 10000, 1, 8",
        "'rate: { rows-per-second: \"10000000\" }', 100000, 100, 10000, 10000000, 8",
        "'concurrency: 1', 100000, 100, 10000, , 1",
        "'concurrency: 10000', 100000, 100, 10000, , 10000",
    })
    void limits_are_taken_up_to_their_bounds(
            String line, long shardRows, long batchMillis, int maxRows, Long rate, int concurrency) {
        var limits = SpecParser.parse("f.yaml", LEAST + line).spec().limits();
        assertThat(limits)
                .isEqualTo(new Limits(
                        shardRows,
                        Duration.ofMillis(batchMillis),
                        maxRows,
                        Duration.ofMillis(1500),
                        rate == null ? OptionalLong.empty() : OptionalLong.of(rate),
                        OptionalLong.empty(),
                        concurrency,
                        Priority.NORMAL,
                        ErrorBudget.DEFAULT,
                        OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "'rate: none',",
        "'rate: { wal-bytes-per-second: none }',",
        "'rate: { wal-bytes-per-second: 64kB }', 65536",
        "'rate: { wal-bytes-per-second: 1GB }', 1073741824"
    })
    void a_limit_in_wal_has_a_unit(String line, Long bytes) {
        var limits = SpecParser.parse("f.yaml", LEAST + line).spec().limits();
        assertThat(limits.walBytesPerSecond()).isEqualTo(bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes));
    }

    @Test
    void priority_and_triggers_are_words() {
        var spec = SpecParser.parse("f.yaml", LEAST + "priority: high\ntriggers: suppress")
                .spec();
        assertThat(spec.limits().priority()).isEqualTo(Priority.HIGH);
        assertThat(spec.change().triggers()).isEqualTo(Triggers.SUPPRESS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "window: { between: 22:00-06:00, zone: Europe/Berlin, days: [mon, tue] } | 22:00-06:00 Europe/Berlin mon, tue",
                "window: { days: [sun, sat] } | 00:00-24:00 UTC sat, sun",
                "window: { between: 18:30-24:00 } | 18:30-24:00 UTC",
            })
    void a_window_is_taken_as_it_is_written(String line, String words) {
        var window = SpecParser.parse("f.yaml", LEAST + line).spec().window();
        assertThat(window.orElseThrow().words()).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-12-24 06:00 Europe/Berlin | 2026-12-24T05:00:00Z",
                "2026-07-01T06:00:30 Europe/Berlin | 2026-07-01T04:00:30Z",
                "2026-12-24 06:00:00 UTC | 2026-12-24T06:00:00Z",
                "2026-12-24T06:00:00Z | 2026-12-24T06:00:00Z",
                "2026-12-24T06:00+02:00 | 2026-12-24T04:00:00Z",
                // The clocks skip this hour.
                "2026-03-29 02:30 Europe/Berlin | 2026-03-29T01:30:00Z",
            })
    void a_deadline_is_a_moment_however_it_is_written(String written, Instant moment) {
        assertThat(SpecParser.parse("f.yaml", LEAST + "deadline: " + written)
                        .spec()
                        .deadline())
                .contains(moment);
        assertThat(SpecParser.parse("f.yaml", LEAST).spec().deadline()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-12-24 06:00 | is not a date with a time and a time zone",
                "2026-12-24T06:00:00 | is not a date with a time and a time zone",
                "2026-12-24 | is not a date with a time and a time zone",
                "2026-13-24 06:00 UTC | is not a date with a time and a time zone",
                "2026-12-24 06:00 Berlin | \"Berlin\" is not a time zone",
            })
    void a_deadline_without_a_zone_or_a_time_is_refused(String written, String why) {
        assertThatThrownBy(() -> SpecParser.parse("f.yaml", LEAST + "deadline: " + written))
                .isInstanceOf(SpecException.class)
                .hasMessageContaining("deadline")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"window: {}", "window: { zone: Asia/Tokyo }", "window: { between: 00:00-24:00 }"})
    void a_window_that_is_always_open_is_none(String line) {
        assertThat(SpecParser.parse("f.yaml", LEAST + line).spec().window()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "x: 1 | x | 1",
                "x: 1_000 | x | 1_000",
                "x: 0x1F | x | 0x1F",
                "x: 007 | x | 007",
                "x: 1.50 | x | 1.50",
                "x: true | x | true",
                "x: Yes | x | Yes",
                "x: null | x | null",
                "x: NULL | x | NULL",
                "x: 2020-01-01 | x | 2020-01-01",
                "x: .inf | x | .inf",
                "x: \"'new'\" | x | 'new'",
                "x: '''new''' | x | 'new'",
                "x: \"''\" | x | ''",
                "no: a | no | a",
                "on: a | on | a",
                "null: a | null | a",
                "TRUE: a | true | a",
                "Name: a | name | a",
                "'\"N n\"': a | N n | a",
                "x: f(a) # why | x | f(a)",
                "x: \"a #>> '{b}'\" | x | a #>> '{b}'",
                "x: a#b | x | a#b",
                "x: '''a''' #b | x | 'a'",
                "x: \"a\" #b | x | a",
            })
    void what_is_set_is_taken_as_SQL_exactly_as_written(String entry, String column, String expression) {
        var set = SpecParser.parse("f.yaml", "name: n1\ntable: t\nset:\n  " + entry + "\n")
                .spec()
                .change()
                .set();
        assertThat(set).hasSize(1);
        assertThat(set.get(Identifier.of(column))).hasToString(expression);
    }

    @Test
    void expressions_may_have_many_lines() {
        var spec = SpecParser.parse(
                "f.yaml", "name: n1\ntable: t\nset:\n  x: |\n    a -- one\n    + b\n  y: >-\n    c\n    + d\n");
        assertThat(spec.spec().change().set().values())
                .extracting(SqlExpression::text)
                .containsExactly("a -- one\n+ b\n", "c + d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"spec.json", "-", "spec"})
    void JSON_says_the_same(String fileName) {
        var json = """
                {
                \t"name": "n1", "table": "\\"My Schema\\".T",
                \t"set": {"a": "b", "n": 1, "flag": true, "x": null},
                \t"key": ["id", "Id2"],
                \t"batch": {"duration": "2s"}
                }
                """;
        var parsed = SpecParser.parse(fileName, json);
        var spec = parsed.spec();
        assertThat(spec.table()).hasToString("\"My Schema\".t");
        assertThat(spec.change().set().values())
                .extracting(SqlExpression::text)
                .containsExactly("b", "1", "true", "null");
        assertThat(spec.key()).contains(List.of(Identifier.of("id"), Identifier.of("id2")));
        assertThat(spec.limits().batchDuration()).isEqualTo(Duration.ofSeconds(2));
        assertThat(parsed.locations().lineOf("batch.duration")).isEqualTo(OptionalInt.of(5));
    }

    @Test
    void a_file_named_yaml_may_hold_JSON_as_well() {
        assertThat(SpecParser.parse("f.yaml", "{\"name\": \"n1\", \"table\": \"t\", \"set\": {\"a\": \"b\"}}")
                        .spec()
                        .name())
                .isEqualTo("n1");
    }

    @Test
    void a_byte_order_mark_and_document_marks_are_no_problem() {
        assertThat(SpecParser.parse("f.yaml", "\uFEFF---\n" + LEAST + "...\n")
                        .spec()
                        .name())
                .isEqualTo("n1");
        assertThat(SpecParser.parse("f.yaml", LEAST.replace("\n", "\r\n"))
                        .spec()
                        .name())
                .isEqualTo("n1");
    }

    @Test
    void a_problem_that_is_found_later_names_its_line() {
        var at = SpecParser.parse("f.yaml", "name: n1\ntable: t\nset:\n  Aa: b\n  '\"N n\"': c\nbatch: {}\n")
                .locations();
        assertThat(at.lineOf("table")).isEqualTo(OptionalInt.of(2));
        assertThat(at.lineOf(SpecLocations.setColumn(Identifier.of("aa")))).isEqualTo(OptionalInt.of(4));
        assertThat(at.lineOf(SpecLocations.setColumn(Identifier.of("N n")))).isEqualTo(OptionalInt.of(5));
        assertThat(at.lineOf("batch.duration")).isEqualTo(OptionalInt.of(6));
        assertThat(at.lineOf("key")).isEmpty();
        assertThat(at.problem("table", "is a view", "name a table"))
                .hasMessage("f.yaml:2: table: is a view; name a table");
        assertThat(at.problem("key", "is missing", "add one")).hasMessage("f.yaml: key: is missing; add one");
    }

    @Test
    void the_throttle_is_kept_as_written_and_none_turns_every_signal_off() {
        var head = "name: n\ntable: t\nset: { a: b }\n";
        assertThat(SpecParser.parse("s.yaml", head).spec().throttle()).isEqualTo(ThrottleSpec.DEFAULT);
        var some = SpecParser.parse("s.yaml", head + """
                throttle:
                  wal-rate: 20MB/none
                  connections: none
                  probe: select 1
                  sql: [{ name: queue, query: select 2, soft: 1.5 }]
                  http: [https://app.example/healthy]
                """).spec().throttle();
        assertThat(some)
                .isEqualTo(new ThrottleSpec(
                        Map.of("wal-rate", "20MB/none", "connections", "none"),
                        "select 1",
                        List.of(new ThrottleSpec.Custom("queue", "select 2", 1.5, null)),
                        List.of("https://app.example/healthy")));
        var none = SpecParser.parse("s.yaml", head + "throttle: none\n").spec().throttle();
        assertThat(none.thresholds()).hasSize(Signal.values().length);
        assertThat(none.thresholds().values()).allMatch("none"::equals);
        assertThat(none.sql()).isEmpty();
    }
}
