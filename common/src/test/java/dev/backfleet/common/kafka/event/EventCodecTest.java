package dev.backfleet.common.kafka.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfleet.common.event.DriftEvent;
import dev.backfleet.common.event.Event;
import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.task.Target;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of an event on its topic. */
class EventCodecTest {
    private static final String VALID =
            "{\"v\":1,\"target\":\"default\",\"type\":\"DONE\",\"job\":1,\"shard\":2,\"epoch\":3,\"worker\":\"w\","
                    + "\"rows\":4,\"batches\":5,\"error\":null,\"at\":\"2026-11-21T00:00:00Z\"}";

    @ParameterizedTest
    @EnumSource(Event.Type.class)
    void an_event_is_decoded_as_it_was_encoded(Event.Type type) throws UndecodableRecordException {
        var at = Instant.parse("2026-11-21T12:34:56.789123Z");
        var failed = new Event(Target.DEFAULT, type, new ShardId(1, 2), 3, "w", 4, 5, "22P02", at);
        assertThat(EventCodec.decode(EventCodec.encode(failed))).isEqualTo(failed);
    }

    @Test
    void an_event_has_its_documented_form() throws UndecodableRecordException {
        var event = EventCodec.decode(bytes(VALID));
        assertThat(new String(EventCodec.encode(event), StandardCharsets.UTF_8)).isEqualTo(VALID);
    }

    @Test
    void an_event_without_a_target_is_of_the_default_one() throws UndecodableRecordException {
        var earlier = VALID.replace("\"target\":\"default\",", "");
        assertThat(earlier).isNotEqualTo(VALID);
        assertThat(EventCodec.decode(bytes(earlier))).isEqualTo(EventCodec.decode(bytes(VALID)));
    }

    @Test
    void what_is_about_a_job_is_no_event_of_a_shard_and_has_its_documented_form() throws UndecodableRecordException {
        var drift = EventCodec.encode(
                new DriftEvent(Target.DEFAULT, 7, "split", 12, 1, 2, 3, 4, Instant.parse("2026-11-21T00:00:00Z")));
        assertThat(new String(drift, StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"v\":1,\"target\":\"default\",\"type\":\"DRIFT\",\"job\":7,\"name\":\"split\",\"reconcile\":12,"
                                + "\"missing\":1,\"different\":2,\"failed\":3,\"since\":4,\"at\":\"2026-11-21T00:00:00Z\"}");
        assertThat(EventCodec.isAboutJob(drift)).isTrue();
        assertThat(EventCodec.isAboutJob(bytes(VALID))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"DONE\"|\"LATER\"",
                "\"w\"|7",
                "2026-11-21T|yesterday",
                "\"v\":1|\"v\":2",
                "\"rows\":4|\"rows\":-4"
            })
    void what_is_no_event_is_undecodable(String change) {
        var parts = change.split("\\|");
        var broken = VALID.replace(parts[0], parts[1]);
        assertThat(broken).isNotEqualTo(VALID);
        assertThatThrownBy(() -> EventCodec.decode(bytes(broken))).isInstanceOf(UndecodableRecordException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
