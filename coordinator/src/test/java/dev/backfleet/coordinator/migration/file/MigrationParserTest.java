package dev.backfleet.coordinator.migration.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.job.Priority;
import dev.backfleet.common.job.kind.OnConflict;
import dev.backfleet.common.job.kind.Triggers;
import dev.backfleet.common.spec.Copy;
import dev.backfleet.common.spec.key.CopyKeys;
import dev.backfleet.common.spec.key.SpecKey;
import dev.backfleet.common.spec.parse.SpecParser;
import dev.backfleet.common.sql.Identifier;
import dev.backfleet.common.sql.SqlExpression;
import dev.backfleet.common.sql.TableName;
import dev.backfleet.common.throttle.Measure;
import dev.backfleet.common.throttle.Signal;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.AbortLimits;
import dev.backfleet.coordinator.migration.AbortLimits.Limit;
import dev.backfleet.coordinator.migration.AbortRules;
import dev.backfleet.coordinator.migration.AbortRules.Watched;
import dev.backfleet.coordinator.migration.CutoverPlan;
import dev.backfleet.coordinator.migration.DdlRules;
import dev.backfleet.coordinator.migration.Element;
import dev.backfleet.coordinator.migration.Migration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What files of migrations that are right mean. */
class MigrationParserTest {
    static final String LEAST = "migration: m1\ntable: t\nfrom: [a]\nto: { b: { type: int, up: a } }\n";

    static final String INTO = "migration: m1\ntable: t\nfrom: [a]\ninto: { table: c, columns: { b: a } }\n";

    static List<ElementKind> kinds() {
        return ElementKinds.ALL;
    }

    static List<SpecKey<?>> keys() {
        return MigrationKeys.ALL;
    }

    @Test
    void every_key_of_the_documented_example_is_read() {
        var parsed = MigrationParser.parse("split-names.yaml", MigrationReference.EXAMPLE);
        var migration = parsed.migration();

        assertThat(migration.name()).isEqualTo("split-names");
        assertThat(migration.table()).isEqualTo(TableName.parse("public.customers"));
        assertThat(migration.from()).containsExactly(column("full_name"));
        assertThat(migration.to().keySet())
                .containsExactly(column("first_name"), column("last_name"), column("name_state"));
        assertThat(migration.to().get(column("first_name")))
                .isEqualTo(new Migration.NewColumn(
                        "text", SqlExpression.parse("split_part(full_name, ' ', 1)"), Optional.empty()));
        assertThat(Objects.requireNonNull(migration.to().get(column("name_state")))
                        .defaultValue())
                .contains(SqlExpression.parse("'new'"));
        assertThat(migration.down())
                .isEqualTo(Map.of(column("full_name"), SqlExpression.parse("concat_ws(' ', first_name, last_name)")));
        assertThat(migration.onError()).isEqualTo(Migration.SyncErrors.LEAVE);
        assertThat(migration.expand())
                .containsExactly(new Element.Default(column("first_name"), SqlExpression.parse("''")));
        assertThat(migration.finish())
                .containsExactly(
                        new Element.Index(
                                column("customers_names"),
                                List.of("tenant_id", "last_name", "first_name"),
                                false,
                                Optional.empty(),
                                List.of(),
                                Optional.of(SqlExpression.parse("last_name is not null"))),
                        new Element.NotNull(column("first_name")),
                        new Element.DropNotNull(column("full_name")),
                        new Element.Check(
                                column("customers_names_check"), SqlExpression.parse("length(last_name) < 200")));
        assertThat(migration.proof()).isEqualTo(new Migration.Proof(Duration.ofHours(1), Duration.ofHours(24)));
        assertThat(migration.cutover().promotion()).isEqualTo(CutoverPlan.Promotion.AUTO);
        assertThat(migration.cutover().abort())
                .isEqualTo(new AbortRules(
                        List.of(
                                Watched.of(Signal.ROLLBACK_RATIO, limits(times(1.5), times(3))),
                                Watched.of(Signal.APPLICATION_LATENCY, limits(times(1.3), times(2))),
                                new Watched("drift", Measure.NUMBER, limits(new Limit(0, false), new Limit(1, false))),
                                new Watched("https://app.example/healthy", Measure.NUMBER, AbortRules.AN_ANSWER)),
                        null,
                        List.of(),
                        List.of("https://app.example/healthy")));
        assertThat(migration.ddl())
                .isEqualTo(new DdlRules(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(30),
                        Optional.of(column("app_owner")),
                        false));
        assertThat(migration.source()).isEqualTo(MigrationReference.EXAMPLE);
        assertThat(keys())
                .filteredOn(key -> !key.group().equals(CopyKeys.GROUP))
                .allSatisfy(
                        key -> assertThat(parsed.locations().lineOf(key.path())).isPresent());
    }

    @Test
    void the_new_shape_may_be_in_another_table() {
        var parsed = MigrationParser.parse("split-shipments.yaml", MigrationReference.INTO);
        var migration = parsed.migration();

        assertThat(keys()).filteredOn(key -> key.group().equals(CopyKeys.GROUP)).allSatisfy(key -> assertThat(
                        parsed.locations().lineOf(key.path()))
                .isPresent());
        assertThat(migration.to()).isEmpty();
        assertThat(migration.newColumns()).containsExactly(column("shipment_id"));
        assertThat(migration.onError()).isEqualTo(Migration.SyncErrors.RAISE);
        assertThat(migration.finish()).contains(new Element.Into(new Element.NotNull(column("address"))));
        var spec = migration.backfill().spec();
        assertThat(spec.change().set()).isEmpty();
        assertThat(spec.change().where()).contains(SqlExpression.parse("shipment_id is null"));
        assertThat(migration.copy())
                .contains(new Copy(
                        TableName.parse("public.shipments"),
                        Map.of(
                                column("order_id"),
                                SqlExpression.parse("id"),
                                column("address"),
                                SqlExpression.parse("coalesce(trim(ship_address), '')")),
                        Optional.of(List.of(column("order_id"))),
                        OnConflict.UPDATE,
                        Map.of(column("shipment_id"), column("id"))));
        var again = SpecParser.parse("spec.yaml", spec.source()).spec();
        assertThat(again).usingRecursiveComparison().isEqualTo(spec);
        // Without a column to write to, every row is copied.
        var all = MigrationParser.parse(
                        "m",
                        "migration: m\ntable: t\nfrom: [a]\nsync: { on-error: leave }\ninto: { table: c, columns: { b: a } }")
                .migration();
        assertThat(all.backfill().spec().change().where()).isEmpty();
        assertThat(all.onError()).isEqualTo(Migration.SyncErrors.LEAVE);
    }

    @Test
    void the_page_shows_an_example_that_needs_no_role_of_a_certain_name() {
        var page = MigrationReference.markdown();
        var shown = page.substring(page.indexOf("```yaml") + 8, page.indexOf("\n```\n"));

        assertThat(MigrationParser.parse("page.yaml", shown).migration().ddl().role())
                .isEmpty();
    }

    @Test
    void the_spec_of_its_job_follows_from_it() {
        var spec = MigrationParser.parse("m.yaml", MigrationReference.EXAMPLE)
                .migration()
                .backfill()
                .spec();

        assertThat(spec.name()).isEqualTo("split-names");
        assertThat(spec.table()).isEqualTo(TableName.parse("public.customers"));
        assertThat(spec.tenant()).contains(column("tenant_id"));
        assertThat(spec.key()).contains(List.of(column("id")));
        assertThat(spec.change().set().keySet())
                .containsExactly(column("first_name"), column("last_name"), column("name_state"));
        assertThat(spec.change().set().get(column("first_name"))).hasToString("split_part(full_name, ' ', 1)");
        assertThat(spec.change().where()).contains(SqlExpression.parse("name_state = 'new'"));
        assertThat(spec.change().triggers()).isEqualTo(Triggers.FIRE);
        assertThat(spec.limits().concurrency()).isEqualTo(4);
        assertThat(spec.limits().rowsPerSecond()).isEqualTo(OptionalLong.of(20_000));
        assertThat(spec.limits().priority()).isEqualTo(Priority.NORMAL);
        assertThat(spec.different()).contains(SqlExpression.parse("first_name <> split_part(full_name, ' ', 1)"));
    }

    @Test
    void the_text_of_that_spec_could_be_submitted() {
        for (var text : List.of(
                MigrationReference.EXAMPLE,
                LEAST,
                LEAST
                        + "tenant: '\"T t\"'\nbackfill: { throttle: none, rollout: [5, 100], window: { between: \"22:00-06:00\" } }",
                """
                migration: m1
                table: s.t
                from: [a]
                to:
                  b:
                    type: int
                    up: |
                      a -- no "quotes": 'x'
                      || '#'
                  '"B: b"': { type: text, up: "null" }
                reconcile: { different: "a #>> '{b}' = 'c: d'" }
                """)) {
            var spec =
                    MigrationParser.parse("m.yaml", text).migration().backfill().spec();
            var again = SpecParser.parse("spec.yaml", spec.source()).spec();
            assertThat(again).usingRecursiveComparison().isEqualTo(spec);
        }
    }

    @Test
    void rows_of_which_no_new_column_has_a_value_are_to_be_changed() {
        var text =
                "migration: m1\ntable: t\nfrom: [a]\nto: { b: { type: int, up: a }, '\"C c\"': { type: int, up: a } }";
        assertThat(MigrationParser.parse("m", text)
                        .migration()
                        .backfill()
                        .spec()
                        .change()
                        .where())
                .contains(SqlExpression.parse("b is null and \"C c\" is null"));
    }

    @Test
    void what_is_left_out_has_its_default() {
        var migration = MigrationParser.parse("m.yaml", LEAST).migration();

        assertThat(migration.down()).isEmpty();
        assertThat(migration.onError()).isEqualTo(Migration.SyncErrors.LEAVE);
        assertThat(migration.expand()).isEmpty();
        assertThat(migration.finish()).isEmpty();
        assertThat(migration.proof()).isEqualTo(new Migration.Proof(Duration.ofHours(1), Duration.ofHours(24)));
        assertThat(migration.ddl())
                .isEqualTo(new DdlRules(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofMinutes(30),
                        Optional.empty(),
                        false));
    }

    @Test
    void another_tool_may_execute_the_statements() {
        assertThat(MigrationParser.parse("m", LEAST + "ddl: { by: others }")
                        .migration()
                        .ddl()
                        .byOthers())
                .isTrue();
    }

    @Test
    void each_kind_of_elements_is_read() {
        var text = LEAST + """
                finish:
                  - index: { name: i, on: [a, "lower(b) desc"], unique: true, using: gin, include: [c], where: a > 0 }
                  - unique: { name: u, on: [a, '"B b"'] }
                  - not-null: b
                  - drop-not-null: a
                  - check: { name: c, condition: "b in (1, 2)" }
                  - foreign-key: { name: f, on: [a], references: x.y, columns: [z], on-delete: Set NULL }
                  - default: { column: b, value: 7 }
                  - comment: { column: b, text: "a: b" }
                  - statistics: { name: s, on: [a, b], kinds: [mcv] }
                  - enum-value: { type: public.mood, value: odd one, after: ok }
                  - sql: { title: t, apply: "do $$begin end$$", check: "select true", undo: "drop x, y", lock: Share Update Exclusive }
                """;
        assertThat(MigrationParser.parse("m.yaml", text).migration().finish())
                .containsExactly(
                        new Element.Index(
                                column("i"),
                                List.of("a", "lower(b) desc"),
                                true,
                                Optional.of("gin"),
                                List.of(column("c")),
                                Optional.of(SqlExpression.parse("a > 0"))),
                        new Element.Unique(column("u"), List.of(column("a"), column("B b"))),
                        new Element.NotNull(column("b")),
                        new Element.DropNotNull(column("a")),
                        new Element.Check(column("c"), SqlExpression.parse("b in (1, 2)")),
                        new Element.ForeignKey(
                                column("f"),
                                List.of(column("a")),
                                TableName.parse("x.y"),
                                List.of(column("z")),
                                Optional.of("set null")),
                        new Element.Default(column("b"), SqlExpression.parse("7")),
                        new Element.Comment(column("b"), "a: b"),
                        new Element.Statistics(column("s"), List.of("a", "b"), List.of("mcv")),
                        new Element.EnumValue(TableName.parse("public.mood"), "odd one", Optional.of("ok")),
                        new Element.Sql(
                                "t",
                                "do $$begin end$$",
                                "select true",
                                Optional.of("drop x, y"),
                                Optional.of(LockMode.SHARE_UPDATE_EXCLUSIVE)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void the_examples_of_a_kind_of_elements_are_right(ElementKind kind) {
        var written = kind.written();
        if (!kind.keys().isEmpty()) {
            written = kind.word() + ": { "
                    + kind.keys().stream().map(SpecKey::written).collect(Collectors.joining(", ")) + " }";
        }
        if (!written.contains("…") && !kind.equals(ElementKinds.FOREIGN_KEY)) {
            var least = kind.equals(ElementKinds.INTO) ? INTO : LEAST;
            assertThat(MigrationParser.parse("m.yaml", least + "finish: [{ " + written + " }]")
                            .migration()
                            .finish())
                    .hasSize(1);
        }
        if (!kind.written().contains("…") && !kind.equals(ElementKinds.INTO)) {
            MigrationParser.parse("m.yaml", LEAST + "finish: [{ " + kind.written() + " }]");
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void the_example_of_each_key_is_right_where_it_stands(SpecKey<?> key) {
        var lines = MigrationKeys.ALL.stream()
                .filter(other -> other.absence().kind() == SpecKey.Kind.REFUSED || other.equals(key))
                .filter(other ->
                        ofCopies(other) == ofCopies(key) || (!ofCopies(other) && !other.equals(MigrationKeys.TO)))
                .map(other -> ofCopies(other)
                        ? other.written().replace("into: { ", "  ").replaceFirst(" }$", "")
                        : other.written())
                .collect(Collectors.joining("\n"));
        // down reads two columns, of which the example of to has one.
        var text = lines.replaceFirst("(?m)^  table: public.shipments", "into:\n$0")
                .replace("1)\" } }", "1)\" }, last_name: { type: text, up: full_name } }");
        assertThat(MigrationParser.parse("m.yaml", text).locations().lineOf(key.path()))
                .isPresent();
    }

    private static boolean ofCopies(SpecKey<?> key) {
        return key.group().equals(CopyKeys.GROUP);
    }

    @Test
    void signals_that_speak_against_a_cutover_are_watched_in_the_order_of_the_file() {
        var abort = MigrationParser.parse("m.yaml", LEAST + """
                        cutover:
                          abort:
                            probe-latency: 2x/500ms
                            probe: select 1
                            sql:
                              - { name: failures, query: select 2, soft: 10, hard: 2x }
                              - { name: waiting, query: select 3, soft: 1.5x }
                        """)
                .migration()
                .cutover()
                .abort();

        assertThat(abort.probe()).isEqualTo("select 1");
        assertThat(abort.queries())
                .containsExactly(
                        new AbortRules.Query("failures", "select 2"), new AbortRules.Query("waiting", "select 3"));
        assertThat(abort.watched())
                .containsExactly(
                        Watched.of(Signal.PROBE_LATENCY, limits(times(2), new Limit(0.5, false))),
                        new Watched("failures", Measure.NUMBER, limits(new Limit(10, false), times(2))),
                        new Watched("waiting", Measure.NUMBER, limits(times(1.5), null)));
        assertThat(abort.watched().get(0).limits().words(Measure.DURATION)).isEqualTo("2x/500ms");
        assertThat(abort.watched().get(2).limits().words(Measure.NUMBER)).isEqualTo("1.5x/none");
    }

    @Test
    void a_cutover_of_which_nothing_is_said_is_taken_by_hand_and_not_watched() {
        var cutover = MigrationParser.parse("m.yaml", LEAST).migration().cutover();

        assertThat(cutover.promotion()).isEqualTo(CutoverPlan.Promotion.MANUAL);
        assertThat(cutover.abort().isEmpty()).isTrue();
    }

    private static AbortLimits limits(Limit soft, @Nullable Limit hard) {
        return new AbortLimits(soft, hard);
    }

    private static Limit times(double factor) {
        return new Limit(factor, true);
    }

    private static Identifier column(String name) {
        return Identifier.of(name);
    }
}
