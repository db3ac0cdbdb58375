package dev.backfleet.embedded.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import org.junit.jupiter.api.Test;

/** The class path of a broker of another release. */
class BrokerClassPathTest {

    @Test
    void the_other_release_comes_first_and_no_archive_of_this_one_stays() {
        var own = path(
                "/m/kafka-clients-4.3.1.jar", "/m/logback-classic.jar", "/m/kafka_2.13-4.3.1.jar", "/kafka/classes");
        var other = path("/m/kafka_2.13-3.9.2.jar", "/m/kafka-clients-3.9.2.jar");

        assertThat(BrokerClassPath.replaced(own, other))
                .isEqualTo(path(other, "/m/logback-classic.jar", "/kafka/classes"));
    }

    private static String path(String... entries) {
        return String.join(File.pathSeparator, entries);
    }
}
