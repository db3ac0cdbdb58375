package dev.backfleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulation finds what is wrong when something is. Seeds are searched until one catches the bug. For a bug that few seeds
 * catch, {@code mutants.properties} names one, which is tried first: after a change of the simulation it may not catch it any more.
 */
class MutantsTest {
    private static final Logger LOG = LoggerFactory.getLogger(MutantsTest.class);
    private static final long ENOUGH = 10_000;
    private static final Properties KNOWN = new Properties();

    @BeforeAll
    static void nobody_reads_a_million_logs() {
        QuietLogging.please();
    }

    @BeforeAll
    static void read_the_seeds_that_are_known() throws IOException {
        try (var file = MutantsTest.class.getResourceAsStream("mutants.properties")) {
            KNOWN.load(file);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Mutant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_deliberate_bug_is_caught(Mutant mutant) {
        assertThat(caught(mutant)).as("a seed that catches %s", mutant).isPresent();
    }

    private static OptionalLong caught(Mutant mutant) {
        var known = KNOWN.getProperty(mutant.name());
        if (known != null && isCaught(Long.parseLong(known), mutant)) {
            return OptionalLong.of(Long.parseLong(known));
        }
        return LongStream.rangeClosed(1, ENOUGH)
                .parallel()
                .filter(seed -> isCaught(seed, mutant))
                .findAny();
    }

    private static boolean isCaught(long seed, Mutant mutant) {
        try {
            new World(seed, mutant).run();
            return false;
        } catch (Violation e) {
            LOG.atInfo().addKeyValue("mutant", mutant).addKeyValue("seed", seed).log(e.getMessage());
            return true;
        }
    }
}
