package dev.backfleet.common.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an address to listen on is written. */
class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9480", "0.0.0.0:1", "[::1]:65535", "localhost:0", "none"})
    void an_address_is_printed_as_it_is_written(String text) {
        assertThat(ListenAddress.parse(text)).hasToString(text);
    }

    @Test
    void brackets_are_not_part_of_the_host() {
        assertThat(ListenAddress.parse("[fe80::1]:9480")).isEqualTo(new ListenAddress("fe80::1", 9480));
        assertThat(ListenAddress.parse("none").isOn()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"9480", ":9480", "host", "host:", "host:65536", "host:123456", "::1:9480", "a b:1", "http://x:1"
            })
    void anything_else_is_rejected(String text) {
        assertThatThrownBy(() -> ListenAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
