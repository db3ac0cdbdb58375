package dev.backfleet.coordinator.migration.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.coordinator.ddl.LockHolder;
import dev.backfleet.coordinator.ddl.LockHolder.Kind;
import dev.backfleet.coordinator.ddl.LockMode;
import dev.backfleet.coordinator.migration.finding.MigrationFindingCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which transactions a plan warns of, and what can be done about each. */
class LockFindingsTest {
    private static final Duration LONG = Duration.ofMinutes(12);

    @Test
    void an_old_transaction_is_named_with_the_statement_that_ends_it() {
        assertThat(LockFindings.of("expand.column.a", holder(Kind.CLIENT, LONG, true)))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.code()).isEqualTo(MigrationFindingCode.LOCK_HELD);
                    assertThat(finding.place()).isEqualTo("expand.column.a");
                    assertThat(finding.message()).contains("pid 4711", "user reporting", "application psql", "12 min");
                    assertThat(finding.remedy()).isEqualTo("let it end, or end it: select pg_terminate_backend(4711)");
                });
    }

    @Test
    void one_that_began_just_now_is_not_in_the_way_and_neither_is_one_of_unknown_age() {
        assertThat(LockFindings.of("s", holder(Kind.CLIENT, Duration.ofMillis(4_999), true)))
                .isEmpty();
        assertThat(LockFindings.of("s", holder(Kind.CLIENT, Duration.ofSeconds(5), true)))
                .isPresent();
        assertThat(LockFindings.of("s", holder(Kind.CLIENT, null, true))).isEmpty();
    }

    @Test
    void one_that_waits_itself_is_not_in_the_way() {
        assertThat(LockFindings.of("s", holder(Kind.CLIENT, LONG, false))).isEmpty();
    }

    @Test
    void an_autovacuum_is_sent_away_unless_it_prevents_wraparound() {
        assertThat(LockFindings.of("s", holder(Kind.AUTOVACUUM, LONG, true))).isEmpty();
        assertThat(LockFindings.of("s", holder(Kind.WRAPAROUND_VACUUM, LONG, true)))
                .hasValueSatisfying(finding -> assertThat(finding.remedy()).isEqualTo("let it end"));
    }

    @Test
    void a_prepared_transaction_is_in_the_way_whatever_its_age() {
        assertThat(LockFindings.of("s", holder(Kind.PREPARED, Duration.ZERO, true)))
                .hasValueSatisfying(finding -> {
                    assertThat(finding.message()).startsWith("prepared transaction t");
                    assertThat(finding.remedy()).isEqualTo("let it end");
                });
    }

    private static LockHolder holder(Kind kind, @Nullable Duration age, boolean granted) {
        return new LockHolder(
                "t",
                kind == Kind.PREPARED ? null : 4711,
                "reporting",
                "psql",
                "idle in transaction",
                kind,
                age,
                LockMode.ACCESS_SHARE,
                granted,
                "public.customers");
    }
}
