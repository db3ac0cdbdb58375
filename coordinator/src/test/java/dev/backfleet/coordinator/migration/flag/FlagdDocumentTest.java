package dev.backfleet.coordinator.migration.flag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.cli.output.JsonOutput;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The flags as flagd reads them. */
class FlagdDocumentTest {
    @Test
    void tenants_by_name_come_before_the_percentage() {
        var document = document(true, "5", Map.of("7", true, "42", true, "13", false));
        assertThat(JsonOutput.render(document).replaceAll("\\s+", "")).isEqualTo("""
                {"$schema":"https://flagd.dev/schema/v0/flags.json","flags":{"split-names":{"state":"ENABLED",
                "variants":{"off":false,"on":true},"defaultVariant":"off","targeting":{"if":[
                {"in":[{"var":"targetingKey"},["42","7"]]},"on",{"in":[{"var":"targetingKey"},["13"]]},"off",
                {"fractional":[["on",5],["off",95]]}]},"metadata":{"version":3}}}}
                """.replaceAll("\\s+", ""));
    }

    // OFF is not DISABLED, for which clients of flagd use the caller's default.
    @Test
    void off_is_the_default_variant_without_targeting() {
        var flag = document(false, "100", Map.of("7", true)).flags().get("split-names");
        assertThat(flag).isNotNull();
        assertThat(flag.state()).isEqualTo("ENABLED");
        assertThat(flag.defaultVariant()).isEqualTo("off");
        assertThat(flag.targeting()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0     | off | {}
            100   | on  | {}
            25.00 | off | {fractional=[[on, 25], [off, 75]]}
            0.5   | off | {fractional=[[on, 50], [off, 9950]]}
            99.99 | off | {fractional=[[on, 9999], [off, 1]]}
            """)
    void a_percentage_has_weights_in_whole_numbers(String percent, String defaultVariant, String targeting) {
        var flag = document(true, percent, Map.of()).flags().get("split-names");
        assertThat(flag).isNotNull();
        assertThat(flag.defaultVariant()).isEqualTo(defaultVariant);
        assertThat(flag.targeting()).hasToString(targeting);
    }

    @Test
    void at_a_hundred_percent_a_tenant_that_is_held_back_stays_off() {
        var flag = document(true, "100", Map.of("13", false)).flags().get("split-names");
        assertThat(flag).isNotNull();
        assertThat(flag.defaultVariant()).isEqualTo("on");
        assertThat(JsonOutput.render(flag.targeting()).replaceAll("\\s+", ""))
                .isEqualTo("{\"if\":[{\"in\":[{\"var\":\"targetingKey\"},[\"13\"]]},\"off\"]}");
    }

    private static FlagdDocument document(boolean on, String percent, Map<String, Boolean> tenants) {
        return FlagdDocument.of(List.of(
                new FlagState("split-names", on, new BigDecimal(percent), tenants, 3, Instant.EPOCH, "me", null)));
    }
}
