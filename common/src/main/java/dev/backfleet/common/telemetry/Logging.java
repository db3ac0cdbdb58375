package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.typed.LogSettings;
import java.io.OutputStream;
import java.util.Map;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is logged, where to, and in which form. Services log to standard output, since the log is what they
 * have to say; commands only warnings, to standard error, since their output is data.
 */
public final class Logging {

    /** Libraries that repeat on every attempt what the message of the command says once. */
    private static final String KAFKA = "org.apache.kafka";

    private static final String POOL = "com.zaxxer.hikari";
    private static final String OWN = "dev.backfleet";

    /** Held here, since java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private Logging() {}

    /** Logging as the settings say, for a coordinator or a worker. */
    public static void forService(LogSettings settings) {
        configure(current(), Plan.service(settings));
    }

    /** Warnings, or everything that helps to find out what is wrong. */
    public static void forCommand(boolean verbose) {
        configure(current(), Plan.command(verbose));
    }

    static void configure(LoggerContext context, Plan plan) {
        context.reset();
        var encoder = plan.encoder();
        encoder.setContext(context);
        encoder.start();
        var appender = new OutputStreamAppender<ILoggingEvent>();
        appender.setName("log");
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(plan.output());
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(plan.level());
        plan.levels().forEach((name, level) -> context.getLogger(name).setLevel(level));
        // What the driver logs, it also throws.
        DRIVER.setLevel(java.util.logging.Level.OFF);
    }

    private static LoggerContext current() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /**
     * What to configure.
     *
     * @param encoder the form of the lines
     * @param output where to; closed with the appender
     * @param level the least level of all loggers that are not named
     * @param levels the least level of named loggers
     */
    record Plan(Encoder<ILoggingEvent> encoder, OutputStream output, Level level, Map<String, Level> levels) {

        static Plan service(LogSettings settings) {
            var level = logback(settings.level());
            var detailed = settings.level().compareTo(LogLevel.DEBUG) >= 0;
            Encoder<ILoggingEvent> encoder =
                    settings.format() == LogFormat.JSON ? new JsonLineEncoder() : new PlainLineEncoder(detailed);
            var others = detailed ? Level.INFO : Level.WARN;
            var noise = level.isGreaterOrEqual(others) ? level : others;
            return new Plan(encoder, new StandardStream(() -> System.out), level, Map.of(KAFKA, noise, POOL, noise));
        }

        static Plan command(boolean verbose) {
            var noise = verbose ? Level.INFO : Level.OFF;
            return new Plan(
                    new PlainLineEncoder(false),
                    new StandardStream(() -> System.err),
                    verbose ? Level.INFO : Level.WARN,
                    Map.of(OWN, verbose ? Level.DEBUG : Level.WARN, KAFKA, noise, POOL, noise));
        }

        Plan to(OutputStream other) {
            return new Plan(encoder, other, level, levels);
        }

        private static Level logback(LogLevel level) {
            return Level.toLevel(level.name());
        }
    }
}
