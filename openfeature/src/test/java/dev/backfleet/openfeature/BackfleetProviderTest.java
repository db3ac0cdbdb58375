package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.ProviderState;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The provider as an application sees it, through the SDK. */
class BackfleetProviderTest {
    private static final AtomicInteger DOMAINS = new AtomicInteger();
    private static final EvaluationContext TENANT = new ImmutableContext("7");

    private final FakeFlags flags = new FakeFlags();
    private final OpenFeatureAPI api = OpenFeatureAPI.getInstance();
    private final String domain = "test-" + DOMAINS.incrementAndGet();
    private final BackfleetProvider provider = new BackfleetProvider(
            flags, flags, flags::now, BackfleetOptions.defaults().poll(Duration.ofMillis(10)));

    @AfterEach
    void close() {
        provider.shutdown();
    }

    @Test
    void a_boolean_says_whether_the_tenant_reads_the_new_shape_and_a_string_its_stage() {
        flags.set("split-names", 25);
        var client = start();
        assertThat(client.getBooleanValue("split-names", true, TENANT)).isFalse();
        assertThat(client.getStringValue("split-names", "?", TENANT)).isEqualTo("dualwrite");
        var in = new ImmutableContext("1");
        assertThat(client.getBooleanValue("split-names", false, in)).isTrue();
        assertThat(client.getStringValue("split-names", "?", in)).isEqualTo("rampdown");
        var details = client.getBooleanDetails("split-names", false, in);
        assertThat(details.getVariant()).isEqualTo("on");
        assertThat(details.getFlagMetadata().getLong("version")).isEqualTo(1L);
    }

    @Test
    void the_reason_names_the_rule() {
        flags.flags.put("f", new Flag("f", "dualwrite", true, new BigDecimal("50"), 1, Map.of("42", true)));
        flags.set("all", 100);
        flags.set("off", -1);
        var client = start();
        assertThat(client.getBooleanDetails("f", false, TENANT).getReason()).isEqualTo("SPLIT");
        assertThat(client.getBooleanDetails("f", false, new ImmutableContext("42"))
                        .getReason())
                .isEqualTo("TARGETING_MATCH");
        assertThat(client.getBooleanDetails("all", false, TENANT).getReason()).isEqualTo("STATIC");
        assertThat(client.getBooleanDetails("off", true, TENANT))
                .returns("DISABLED", FlagEvaluationDetails::getReason)
                .returns(false, FlagEvaluationDetails::getValue);
    }

    @Test
    void a_flag_that_is_not_there_gives_the_callers_default() {
        var client = start();
        assertThat(client.getBooleanDetails("gone", true, TENANT))
                .returns(true, FlagEvaluationDetails::getValue)
                .returns(ErrorCode.FLAG_NOT_FOUND, FlagEvaluationDetails::getErrorCode);
        assertThat(client.getStringDetails("gone", "mine", TENANT).getValue()).isEqualTo("mine");
    }

    @Test
    void a_number_is_no_type_of_a_flag() {
        flags.set("split-names", 25);
        assertThat(start().getIntegerDetails("split-names", 3, TENANT))
                .returns(3, FlagEvaluationDetails::getValue)
                .returns(ErrorCode.TYPE_MISMATCH, FlagEvaluationDetails::getErrorCode);
    }

    @Test
    void a_change_is_told_and_seen() {
        flags.set("split-names", 100);
        var client = start();
        var told = new CopyOnWriteArrayList<List<String>>();
        client.onProviderConfigurationChanged(event -> told.add(event.getFlagsChanged()));
        flags.set("split-names", -1);
        await().untilAsserted(() -> assertThat(told).containsExactly(List.of("split-names")));
        assertThat(client.getBooleanValue("split-names", true, TENANT)).isFalse();
    }

    @Test
    void while_the_database_is_away_the_last_flags_stay_then_it_is_stale_and_ready_again() {
        flags.set("split-names", 100);
        var client = start();
        flags.away = true;
        flags.nanos = Duration.ofSeconds(10).toNanos();
        await().until(() -> client.getProviderState() == ProviderState.STALE);
        assertThat(client.getBooleanValue("split-names", false, TENANT)).isTrue();
        flags.away = false;
        await().until(() -> client.getProviderState() == ProviderState.READY);
    }

    @Test
    void a_database_that_is_away_at_the_start_makes_it_ready_later() {
        flags.set("split-names", 100);
        flags.away = true;
        api.setProvider(domain, provider);
        var client = api.getClient(domain);
        await().until(() -> client.getProviderState() == ProviderState.ERROR);
        assertThat(client.getBooleanDetails("split-names", false, TENANT))
                .returns(false, FlagEvaluationDetails::getValue)
                .returns(ErrorCode.PROVIDER_NOT_READY, FlagEvaluationDetails::getErrorCode);
        flags.away = false;
        await().until(() -> client.getProviderState() == ProviderState.READY);
        assertThat(client.getBooleanValue("split-names", false, TENANT)).isTrue();
    }

    private Client start() {
        api.setProviderAndWait(domain, provider);
        return api.getClient(domain);
    }
}
