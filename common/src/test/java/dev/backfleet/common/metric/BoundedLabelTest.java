package dev.backfleet.common.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Labels that others choose stay few. */
class BoundedLabelTest {
    private final BoundedLabel label = new BoundedLabel(2);

    @Test
    void the_first_values_are_themselves_and_further_ones_are_other() {
        assertThat(label.of("a")).isEqualTo("a");
        assertThat(label.of("b")).isEqualTo("b");
        assertThat(label.of("c")).isEqualTo(BoundedLabel.OTHER);
        assertThat(label.of("a")).isEqualTo("a");
    }

    @Test
    void a_value_that_is_forgotten_makes_room_for_another() {
        label.of("a");
        label.of("b");
        label.forget("a");
        assertThat(label.of("c")).isEqualTo("c");
        assertThat(label.of("a")).isEqualTo(BoundedLabel.OTHER);
    }
}
