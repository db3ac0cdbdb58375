package dev.backfleet.openfeature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law by which tenants are divided. */
class BucketTest {
    // Computed by another program; FlagFunctionsTest has the same for the control schema.
    @ParameterizedTest
    @CsvSource({"split-names, 7, 4465", "split-names, 42, 5748", "split-names, '', 7669", "größe, Zürich-東京-🙂, 4139"})
    void a_bucket_is_the_first_four_bytes_of_the_hash_as_a_fraction(String flag, String tenant, int bucket) {
        assertThat(Bucket.of(flag, tenant)).isEqualTo(bucket);
    }

    @Test
    void a_tenth_of_the_buckets_has_a_tenth_of_the_tenants_and_another_flag_has_others() {
        var random = new Random(4711);
        var in = 0;
        var both = 0;
        for (var i = 0; i < 20_000; i++) {
            var tenant = Long.toString(random.nextLong());
            if (Bucket.of("split-names", tenant) < 1_000) {
                in++;
                both += Bucket.of("split-orders", tenant) < 1_000 ? 1 : 0;
            }
        }
        assertThat(in).isBetween(1_800, 2_200);
        assertThat(both).isBetween(130, 270);
    }
}
