package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backfleet.coordinator.migration.cutover.FlagState;
import dev.backfleet.coordinator.migration.flag.FlagdDocument;
import dev.openfeature.contrib.providers.flagd.Config;
import dev.openfeature.contrib.providers.flagd.FlagdOptions;
import dev.openfeature.contrib.providers.flagd.FlagdProvider;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The document for flagd, as flagd's own evaluator reads it. */
class FlagdEvaluatorTest {
    private static final int TENANTS = 4_000;
    private static final Map<String, Boolean> NAMED = Map.of("t7", true, "t13", false);

    @TempDir
    private Path folder;

    private Client flags;

    @BeforeEach
    void evaluate() throws Exception {
        var document = FlagdDocument.of(List.of(
                flag("off", false, "50", NAMED),
                flag("named", true, "0", NAMED),
                flag("quarter", true, "25", NAMED),
                flag("eighth", true, "12.5", Map.of()),
                flag("all", true, "100", NAMED)));
        var file = Files.writeString(
                folder.resolve("flags.json"), JsonMapper.builder().build().writeValueAsString(document));
        var api = OpenFeatureAPI.getInstance();
        api.setProviderAndWait(
                "flagd",
                new FlagdProvider(FlagdOptions.builder()
                        .resolverType(Config.Resolver.FILE)
                        .offlineFlagSourcePath(file.toString())
                        .deadline(60_000)
                        .build()));
        flags = api.getClient("flagd");
    }

    @AfterEach
    void close() {
        OpenFeatureAPI.getInstance().getProvider("flagd").shutdown();
    }

    @Test
    void tenants_by_name_are_exact_and_a_flag_that_is_off_is_off_for_all() {
        for (var flag : List.of("named", "quarter", "all")) {
            assertThat(reads(flag, "t7")).as(flag).isTrue();
            assertThat(reads(flag, "t13")).as(flag).isFalse();
        }
        assertThat(share("named")).isEqualTo(1.0 / TENANTS);
        assertThat(share("all")).isEqualTo(1 - 1.0 / TENANTS);
        assertThat(share("off")).as("though the caller's default is true").isZero();
        assertThat(flags.getBooleanDetails("quarter", true, tenant("t7"))
                        .getFlagMetadata()
                        .getInteger("version"))
                .isEqualTo(17);
    }

    // As many tenants as the percentage says, four standard deviations around it; which ones is flagd's own law.
    @Test
    void a_percentage_is_about_that_share() {
        assertThat(share("quarter")).isBetween(0.25 - 0.028, 0.25 + 0.028);
        assertThat(share("eighth")).isBetween(0.125 - 0.021, 0.125 + 0.021);
    }

    private double share(String flag) {
        return IntStream.range(0, TENANTS)
                        .filter(tenant -> reads(flag, "t" + tenant))
                        .count()
                / (double) TENANTS;
    }

    // The caller's default must never decide.
    private boolean reads(String flag, String tenant) {
        var value = flags.getBooleanValue(flag, true, tenant(tenant));
        assertThat(flags.getBooleanValue(flag, false, tenant(tenant))).isEqualTo(value);
        return value;
    }

    private static ImmutableContext tenant(String tenant) {
        return new ImmutableContext(tenant);
    }

    private static FlagState flag(String name, boolean on, String percent, Map<String, Boolean> tenants) {
        return new FlagState(name, on, new BigDecimal(percent), tenants, 17, Instant.EPOCH, "ann", null);
    }
}
