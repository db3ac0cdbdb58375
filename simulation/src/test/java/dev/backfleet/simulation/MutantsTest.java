package dev.backfleet.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfleet.simulation.fault.Mutant;
import dev.backfleet.simulation.fault.Violation;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulation finds what is wrong when something is. */
class MutantsTest {
    private static final Logger LOG = LoggerFactory.getLogger(MutantsTest.class);
    private static final long ENOUGH = 10_000;

    @BeforeAll
    static void nobody_reads_a_million_logs() {
        QuietLogging.please();
    }

    @ParameterizedTest
    @EnumSource(value = Mutant.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_deliberate_bug_is_caught(Mutant mutant) {
        assertThat(caught(mutant)).as("a seed that catches %s", mutant).isPresent();
    }

    private static OptionalLong caught(Mutant mutant) {
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
