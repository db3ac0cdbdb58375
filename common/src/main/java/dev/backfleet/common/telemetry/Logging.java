package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.backfleet.common.clock.Ticker;
import dev.backfleet.common.settings.LogFormat;
import dev.backfleet.common.settings.LogLevel;
import dev.backfleet.common.settings.typed.LogSettings;
import java.io.OutputStream;
import java.util.Map;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures what is logged, where, and in which format. Services log to standard output. Commands log only warnings,
 * to standard error, since their standard output is data.
 */
public final class Logging {

    /** A library that logs at every attempt what the command's message says once. */
    private static final String KAFKA = "org.apache.kafka";

    private static final String POOL = "com.zaxxer.hikari";
    private static final String OWN = "dev.backfleet";
    private static final String HTTP_SERVER = "org.eclipse.jetty";
    private static final String HTTP_ROUTES = "io.javalin";

    /** A strong reference, since java.util.logging forgets the level of a logger without one. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private static volatile boolean configured;

    private Logging() {}

    /** Configures logging by the settings, for a coordinator or a worker. */
    public static void forService(LogSettings settings, LoggedService service) {
        configure(current(), Plan.service(settings, service));
    }

    /**
     * Configures logging for a command: warnings only, or details with {@code --verbose}. Without details nothing is made ready
     * before something is logged, which configures it in the same way ({@link StartupConfigurator}).
     */
    public static void forCommand(boolean verbose) {
        if (verbose || configured) {
            configure(current(), Plan.command(verbose));
        } else {
            DRIVER.setLevel(java.util.logging.Level.OFF);
        }
    }

    /**
     * Makes logging ready now, before several threads log for the first time at once: SLF4J would warn of what they log
     * meanwhile, on standard error.
     */
    public static void makeReady() {
        LoggerFactory.getILoggerFactory();
    }

    static void configure(LoggerContext context, Plan plan) {
        configured = true;
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
        if (plan.countsKafka()) {
            var filter = new KafkaClientLog(Ticker.system());
            filter.setContext(context);
            filter.start();
            context.addTurboFilter(filter);
        }
        plan.levels().forEach((name, level) -> context.getLogger(name).setLevel(level));
        // The driver also throws what it logs.
        DRIVER.setLevel(java.util.logging.Level.OFF);
    }

    private static LoggerContext current() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /**
     * A logging configuration.
     *
     * @param encoder the format of the lines
     * @param output the output; closed with the appender
     * @param level the lowest level of all loggers that are not named
     * @param levels the lowest level of named loggers
     * @param countsKafka whether warnings of Kafka's client are counted instead of logged
     */
    record Plan(
            Encoder<ILoggingEvent> encoder,
            OutputStream output,
            Level level,
            Map<String, Level> levels,
            boolean countsKafka) {

        static Plan service(LogSettings settings, LoggedService service) {
            var level = logback(settings.level());
            var detailed = settings.level().compareTo(LogLevel.DEBUG) >= 0;
            Encoder<ILoggingEvent> encoder =
                    settings.format() == LogFormat.JSON ? new JsonLineEncoder(service) : new PlainLineEncoder(detailed);
            // What the pool and the HTTP server warn of is also thrown: it would be logged twice, with a stack trace.
            return new Plan(
                    encoder,
                    new StandardStream(() -> System.out),
                    level,
                    Map.of(
                            KAFKA, higher(level, detailed ? Level.INFO : Level.WARN),
                            POOL, higher(level, detailed ? Level.INFO : Level.ERROR),
                            HTTP_SERVER, higher(level, detailed ? Level.INFO : Level.WARN),
                            HTTP_ROUTES, higher(level, detailed ? Level.INFO : Level.OFF)),
                    !detailed);
        }

        static Plan command(boolean verbose) {
            var noise = verbose ? Level.INFO : Level.OFF;
            return new Plan(
                    new PlainLineEncoder(false),
                    new StandardStream(() -> System.err),
                    verbose ? Level.INFO : Level.WARN,
                    Map.of(OWN, verbose ? Level.DEBUG : Level.WARN, KAFKA, noise, POOL, noise),
                    false);
        }

        Plan to(OutputStream other) {
            return new Plan(encoder, other, level, levels, countsKafka);
        }

        private static Level higher(Level one, Level other) {
            return one.isGreaterOrEqual(other) ? one : other;
        }

        private static Level logback(LogLevel level) {
            return Level.toLevel(level.name());
        }
    }
}
