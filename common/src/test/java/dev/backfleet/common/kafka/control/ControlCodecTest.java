package dev.backfleet.common.kafka.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.common.control.ControlRecord;
import dev.backfleet.common.control.ControlView;
import dev.backfleet.common.control.DesiredState;
import dev.backfleet.common.control.Scope;
import dev.backfleet.common.timeline.Timeline;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The meaning of control records: an invalid record never permits work. */
class ControlCodecTest {
    private static final ControlView PAUSED = ControlView.DISCONNECTED
            .withConnected(true)
            .with(Scope.FLEET, new ControlRecord(DesiredState.PAUSE, null, null))
            .with(Scope.job(7), new ControlRecord(DesiredState.PAUSE, null, null));

    @ParameterizedTest
    @EnumSource(DesiredState.class)
    void a_desired_state_is_decoded_as_it_was_encoded(DesiredState state) {
        var record = new ControlRecord(state, "because \"so\"", "anna");
        var change = ControlCodec.decode(ControlCodec.key(Scope.job(7)), ControlCodec.encode(record));
        assertThat(change).isEqualTo(new ControlChange.Desired(Scope.job(7), Optional.of(record)));
    }

    @Test
    void a_desired_state_has_its_documented_form() {
        var json = ControlCodec.encode(new ControlRecord(DesiredState.PAUSE, "r", "b"));
        assertThat(new String(json, StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"target\":\"default\",\"state\":\"pause\",\"reason\":\"r\",\"by\":\"b\"}");
    }

    @ParameterizedTest
    @CsvSource({"run,RUN", "resume,RUN", "' PAUSE\n',PAUSE", "Cancel,CANCEL", "'{\"state\":\"Resume\"}',RUN"})
    void bare_words_and_json_without_version_are_understood(String value, DesiredState state) {
        assertThat(decode("job/7", value))
                .isEqualTo(new ControlChange.Desired(Scope.job(7), Optional.of(new ControlRecord(state, null, null))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "target/eu-1/fleet",
                "target/eu-1/job/7",
                "target/eu-1/job/7/tenant/a\nb",
                "target/eu-1/heartbeat"
            })
    void a_record_of_another_target_changes_nothing_and_is_no_fault(String key) {
        assertThat(decode(key, "run")).isEqualTo(new ControlChange.OfAnotherTarget());
        assertThat(decode(key, null).applyTo(PAUSED)).isEqualTo(PAUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"target/default/fleet", "target/EU/fleet", "target/eu-1", "target//fleet"})
    void what_names_no_other_target_is_rejected(String key) {
        assertThat(decode(key, "run")).isInstanceOf(ControlChange.Rejected.class);
    }

    @Test
    void a_tombstone_forgets() {
        assertThat(decode("job/7", null)).isEqualTo(new ControlChange.Desired(Scope.job(7), Optional.empty()));
        assertThat(decode("fleet", null).applyTo(PAUSED).state(Scope.FLEET)).isEqualTo(DesiredState.RUN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "go",
                "run!",
                "run run",
                "\"run\"",
                "{\"v\":1}",
                "{\"v\":1,\"state\":\"go\"}",
                "{\"v\":1,\"state\":1}",
                "{\"v\":1,\"state\":\"run\",\"reason\":[]}",
                "{\"v\":1,\"state\":\"pause\",\"state\":\"run\"}",
                "{\"v\":1,\"state\":\"run\",\"scope\":\"job/7\"}",
                "{\"v\":1,\"state\":\"run\",\"scope\":true}",
                "{\"v\":1,\"state\":\"run\",\"target\":\"eu-1\"}",
                "{\"v\":2,\"state\":\"run\"}",
                "{\"v\":\"1\",\"state\":\"run\"}",
                "{\"v\":1,\"state\":\"run\"",
                "[\"run\"]",
                "cancel"
            })
    void an_invalid_record_is_rejected_and_lifts_no_pause(String value) {
        var change = decode("fleet", value);
        assertThat(change).isInstanceOf(ControlChange.Rejected.class);
        assertThat(change.applyTo(PAUSED)).isEqualTo(PAUSED);
    }

    @Test
    void oversized_values_are_rejected_even_if_they_would_be_understood() {
        assertThat(decode("fleet", "run" + " ".repeat(ControlCodec.MAX_BYTES)))
                .isInstanceOf(ControlChange.Rejected.class);
        assertThat(decode("fleet", "{\"state\":\"run\",\"x\":\"" + "x".repeat(ControlCodec.MAX_BYTES) + "\"}"))
                .isInstanceOf(ControlChange.Rejected.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "a b/ü", "job/7/tenant/3", " ", ""})
    void a_tenant_may_be_called_anything(String tenant) {
        var scope = Scope.tenant(7, tenant);
        assertThat(decode(scope.key(), "pause")
                        .applyTo(ControlView.DISCONNECTED)
                        .desired())
                .containsOnlyKeys(scope);
    }

    @Test
    void only_a_job_can_be_cancelled() {
        assertThat(decode("job/7/tenant/3", "cancel")).isInstanceOf(ControlChange.Rejected.class);
        assertThat(decode("fleet", "cancel")).isInstanceOf(ControlChange.Rejected.class);
        assertThat(decode("job/7", "cancel")).isInstanceOf(ControlChange.Desired.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Fleet",
                "job/",
                "job/0",
                "job/x",
                "job/0/tenant/3",
                "job/7/tenant",
                "job/1234567890123456789",
                "limit/job/7"
            })
    void unknown_keys_are_rejected(String key) {
        assertThat(decode(key, "run")).isInstanceOf(ControlChange.Rejected.class);
        assertThat(ControlCodec.decode(null, ControlCodec.encodeHeartbeat("c", 3, Optional.empty())))
                .isInstanceOf(ControlChange.Rejected.class);
    }

    private static ControlChange decode(String key, @Nullable String value) {
        return ControlCodec.decode(
                key.getBytes(StandardCharsets.UTF_8), value == null ? null : value.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_heartbeat_counts_only_if_it_names_its_coordinator() {
        assertThat(ControlCodec.decode(
                        ControlCodec.heartbeatKey(), ControlCodec.encodeHeartbeat("c", 3, Optional.empty())))
                .isEqualTo(new ControlChange.Heartbeat(Optional.empty()));
        var timeline = Optional.of(new Timeline("7341", 2));
        assertThat(ControlCodec.decode(ControlCodec.heartbeatKey(), ControlCodec.encodeHeartbeat("c", 3, timeline)))
                .isEqualTo(new ControlChange.Heartbeat(timeline));
        for (var value : new String[] {null, "", "run", "{}", "{\"v\":9,\"coordinator\":\"c\"}"}) {
            assertThat(decode("heartbeat", value)).as(value).isInstanceOf(ControlChange.Rejected.class);
        }
    }
}
