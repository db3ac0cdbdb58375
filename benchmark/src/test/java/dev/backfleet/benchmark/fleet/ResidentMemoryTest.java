package dev.backfleet.benchmark.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading what Linux says of a process. */
class ResidentMemoryTest {

    @Test
    void the_peak_is_read_in_kibibytes() {
        assertThat(ResidentMemory.peakBytes(List.of("Name:\tjava", "VmHWM:\t  150000 kB", "VmRSS:\t  140000 kB")))
                .isEqualTo(153_600_000);
    }

    @Test
    void without_samples_nothing_is_known() {
        assertThat(ResidentMemory.peakBytes(List.of("Name:\tjava"))).isZero();
    }
}
