package dev.backfleet.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Turns the logs off, but for the tests' own: they are those of thousands of fleets in trouble. */
final class QuietLogging {
    private QuietLogging() {}

    static void please() {
        ((Logger) LoggerFactory.getLogger("dev.backfleet")).setLevel(Level.OFF);
        ((Logger) LoggerFactory.getLogger(QuietLogging.class.getPackageName())).setLevel(Level.INFO);
    }
}
