package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of a flag, without a database. */
class FlagTest {
    // 25 is in at 5 %, 1 at 25 %, 7 at neither.
    @ParameterizedTest
    @CsvSource(nullValues = "null", textBlock = """
            false, 100,   42,   false
            false, 100,   25,   false
            true,  0,     42,   true
            true,  100,   13,   false
            true,  5,     25,   true
            true,  5,     1,    false
            true,  25,    1,    true
            true,  25,    7,    false
            true,  44.65, 7,    false
            true,  44.66, 7,    true
            true,  100,   7,    true
            true,  0,     25,   false
            true,  99.99, null, false
            true,  100,   null, true
            """)
    void off_counts_before_a_tenants_row_and_this_before_the_percentage(
            boolean on, BigDecimal percent, String tenant, boolean expected) {
        var flag = new Flag("split-names", "dualwrite", on, percent, 1, Map.of("42", true, "13", false));
        assertThat(flag.isOn(tenant)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "off, false, off",
        "dualwrite, false, dualwrite",
        "dualwrite, true, rampdown",
        "complete, true, complete",
        "complete, false, complete"
    })
    void the_stage_is_the_migrations_until_the_tenant_is_on(String stage, boolean on, String expected) {
        assertThat(new Flag("f", stage, on, new BigDecimal("100"), 1, Map.of()).stage("7"))
                .isEqualTo(expected);
    }

    @Test
    void a_tenant_that_is_in_stays_in_while_the_percentage_grows() {
        var random = new Random(42);
        for (var i = 0; i < 2_000; i++) {
            var flag = "flag" + random.nextInt(5);
            var tenant = Integer.toString(random.nextInt());
            var was = false;
            for (var hundredths = 0; hundredths <= 10_000; hundredths += 1 + random.nextInt(700)) {
                var is = new Flag(flag, "dualwrite", true, BigDecimal.valueOf(hundredths, 2), 1, Map.of()).isOn(tenant);
                assertThat(is || !was)
                        .as(flag + " " + tenant + " at " + hundredths)
                        .isTrue();
                was = is;
            }
        }
    }

    @Test
    void a_percentage_with_more_than_two_digits_is_no_percentage() {
        assertThatThrownBy(() -> new Flag("f", "off", true, new BigDecimal("0.001"), 1, Map.of()))
                .isInstanceOf(ArithmeticException.class);
    }
}
