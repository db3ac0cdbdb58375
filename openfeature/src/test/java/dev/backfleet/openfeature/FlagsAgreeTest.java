package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.embedded.SharedServers;
import dev.backfleet.openfeature.postgres.PostgresFlagReports;
import dev.backfleet.openfeature.postgres.PostgresFlagSource;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Java and SQL give the same answers, and what the application's role needs for them. */
@Tag("server")
class FlagsAgreeTest {
    private static final long SEED = 4711;
    private static final int FLAGS = 40;

    @SuppressWarnings("NullAway.Init") // set before each test
    private FlagDatabase db;

    @BeforeEach
    void open() throws SQLException {
        db = new FlagDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    @Test
    void java_and_sql_agree_on_bucket_and_value_for_any_flag_tenant_and_percentage() throws Exception {
        db.grant();
        var random = new Random(SEED);
        for (var i = 0; i < FLAGS; i++) {
            db.ask(
                    "insert into backfleet.flag (name, state, percent, changed_by) values (?, ?, ?, 'me') returning 1",
                    text(random) + i,
                    random.nextInt(5) == 0 ? "OFF" : "ON",
                    percent(random));
        }
        var source = new PostgresFlagSource(db.application());
        var flags = source.read(Map.of());
        assertThat(flags).hasSize(FLAGS);
        for (var flag : flags.values()) {
            var tenants = tenants(random);
            for (var tenant : tenants.subList(0, 5)) {
                db.ask(
                        "insert into backfleet.flag_tenant values (?, ?, ?) on conflict do nothing returning 1",
                        flag.name(),
                        tenant,
                        random.nextBoolean());
            }
            var now = source.read(flags).get(flag.name());
            assertThat(now).isNotNull();
            agree(now, tenants);
            // From an answer without tenants, since the version is known.
            var again = source.read(Map.of(flag.name(), now)).get(flag.name());
            assertThat(again).isNotNull();
            agree(again, tenants);
        }
    }

    private void agree(Flag flag, List<String> tenants) throws SQLException {
        var inJava = new StringBuilder();
        for (var tenant : tenants) {
            inJava.append(Bucket.of(flag.name(), tenant))
                    .append(flag.isOn(tenant) ? 't' : 'f')
                    .append(' ');
        }
        assertThat(db.ask(
                        "select string_agg(concat(backfleet.bucket(f, t), backfleet.flag(f, t)::text::char(1), ' '), '' order by n)"
                                + " from unnest(?::text[]) with ordinality u (t, n), (select ?::text f) s",
                        tenants.toArray(new String[0]),
                        flag.name()))
                .as("seed " + SEED + ", flag " + flag.name())
                .isEqualTo(inJava.toString());
    }

    @Test
    void without_the_grants_the_message_names_them_and_reports_alone_may_be_denied() throws Exception {
        var source = new PostgresFlagSource(db.application());
        assertThatThrownBy(() -> source.read(Map.of())).hasMessageContaining("flag-grants.sql");
        db.grant();
        db.run("revoke execute on function backfleet.report_flags from " + db.app);
        assertThat(source.read(Map.of())).isEmpty();
        assertThatThrownBy(() -> new PostgresFlagReports(db.application(), "a").report(Map.of("f", 1L)))
                .hasMessageContaining("permission denied for function report_flags");
    }

    @Test
    void a_database_without_the_control_schema_says_so() {
        var source = new PostgresFlagSource(FlagDatabase.source(SharedServers.freshDatabase()));
        assertThatThrownBy(() -> source.read(Map.of())).hasMessageContaining("no flags of Backfleet yet");
    }

    private static BigDecimal percent(Random random) {
        var edges = List.of(0, 1, 9_999, 10_000);
        return BigDecimal.valueOf(random.nextInt(3) == 0 ? edges.get(random.nextInt(4)) : random.nextInt(10_001), 2);
    }

    private static List<String> tenants(Random random) {
        var tenants = new ArrayList<String>(List.of("", " ", "7", "a".repeat(10_000), "null", "{a,b}", "'\\\""));
        while (tenants.size() < 60) {
            tenants.add(random.nextBoolean() ? Long.toString(random.nextInt()) : text(random));
        }
        return tenants.stream().distinct().toList();
    }

    // Any characters that PostgreSQL can store: no zero byte, no half of a pair.
    private static String text(Random random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(30); i >= 0; i--) {
            var limit = random.nextBoolean() ? 128 : Character.MAX_CODE_POINT;
            var point = 1 + random.nextInt(limit - 1);
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                text.appendCodePoint(point);
            }
        }
        return text.toString();
    }
}
