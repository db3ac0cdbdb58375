package dev.backfleet.common.kafka.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfleet.common.job.ShardId;
import dev.backfleet.common.kafka.UndecodableRecordException;
import dev.backfleet.common.kafka.UndecodableRecordException.Reason;
import dev.backfleet.common.task.Target;
import dev.backfleet.common.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of a task on its topic. */
class TaskCodecTest {

    @Test
    void a_task_has_its_documented_form() {
        var task = new Task(new ShardId(1, 2), 3);
        assertThat(new String(TaskCodec.encode(task), StandardCharsets.UTF_8))
                .isEqualTo("{\"v\":1,\"target\":\"default\",\"job\":1,\"shard\":2,\"dispatch\":3}");
        assertThat(new String(TaskCodec.key(task), StandardCharsets.UTF_8)).isEqualTo("1/2");
    }

    @Test
    void every_task_is_decoded_as_it_was_encoded() throws UndecodableRecordException {
        var random = new Random(42);
        for (int i = 0; i < 1_000; i++) {
            var shard = new ShardId(random.nextLong(1, Long.MAX_VALUE), random.nextInt(1, Integer.MAX_VALUE));
            var task = new Task(shard, random.nextLong(0, Long.MAX_VALUE));
            assertThat(TaskCodec.decode(TaskCodec.encode(task))).isEqualTo(task);
        }
    }

    @Test
    void fields_of_later_releases_are_ignored() throws UndecodableRecordException {
        assertThat(TaskCodec.decode(bytes("{\"v\":1,\"job\":1,\"shard\":2,\"dispatch\":3,\"colour\":\"red\"}")))
                .isEqualTo(new Task(new ShardId(1, 2), 3));
    }

    @Test
    void a_task_without_a_target_is_for_the_default_one() throws UndecodableRecordException {
        assertThat(TaskCodec.decode(bytes("{\"v\":1,\"job\":1,\"shard\":2,\"dispatch\":3}")))
                .isEqualTo(new Task(Target.DEFAULT, new ShardId(1, 2), 3));
    }

    @Test
    void the_target_is_decoded_as_it_was_encoded() throws UndecodableRecordException {
        var task = new Task(new Target("eu-1"), new ShardId(1, 2), 3);
        assertThat(TaskCodec.decode(TaskCodec.encode(task))).isEqualTo(task);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "7",
                "{",
                "{}",
                "{\"v\":1,\"job\":1,\"shard\":2,\"dispatch\":3} x",
                "{\"v\":1,\"job\":1,\"job\":2,\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"job\":\"1\",\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"job\":1.5,\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"job\":0,\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"job\":1,\"shard\":2147483648,\"dispatch\":3}",
                "{\"v\":1,\"job\":1,\"shard\":2,\"dispatch\":-1}",
                "{\"v\":1,\"job\":9223372036854775808,\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"target\":\"EU 1\",\"job\":1,\"shard\":2,\"dispatch\":3}",
                "{\"v\":1,\"target\":7,\"job\":1,\"shard\":2,\"dispatch\":3}",
                "{\"v\":0,\"job\":1,\"shard\":2,\"dispatch\":3}"
            })
    void what_is_no_task_is_malformed(String value) {
        assertThat(reason(bytes(value))).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void random_bytes_are_never_more_than_undecodable() {
        var random = new Random(43);
        for (int i = 0; i < 1_000; i++) {
            var value = new byte[random.nextInt(200)];
            random.nextBytes(value);
            assertThat(reason(value)).isEqualTo(Reason.MALFORMED);
        }
    }

    @Test
    void newer_and_oversized_values_have_different_reasons() {
        assertThat(reason(bytes("{\"v\":2,\"shard\":\"other\"}"))).isEqualTo(Reason.NEWER);
        assertThat(reason(new byte[TaskCodec.MAX_BYTES + 1])).isEqualTo(Reason.OVERSIZED);
    }

    private static Reason reason(byte[] value) {
        return catchThrowableOfType(UndecodableRecordException.class, () -> TaskCodec.decode(value))
                .reason();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
