package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import dev.backfleet.common.clock.Ticker;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * Counts the warnings of Kafka's client: in an outage it logs several at every attempt of each of its connections. The first one
 * is logged, and the first one of a higher level; then one line every ten minutes, and one when there have been none for some
 * seconds.
 */
public final class KafkaClientLog extends TurboFilter {
    private static final String CLIENT = "org.apache.kafka";
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(KafkaClientLog.class);

    static final Duration QUIET = Duration.ofSeconds(5);
    static final Duration REMINDER = Duration.ofMinutes(10);

    private static volatile @Nullable KafkaClientLog current;

    private final Ticker ticker;
    private @Nullable Trouble trouble;

    KafkaClientLog(Ticker ticker) {
        this.ticker = ticker;
        current = this;
    }

    /** To be called now and then while Kafka answers: logs the end of an outage when its last warning is some seconds old. */
    public static void kafkaAnswers() {
        var log = current;
        if (log != null) {
            log.endIfQuiet();
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable failure) {
        if (!level.isGreaterOrEqual(Level.WARN) || !logger.getName().startsWith(CLIENT)) {
            return FilterReply.NEUTRAL;
        }
        // Without a text it is only asked whether the level is enabled.
        if (format != null) {
            count(
                            logger,
                            level,
                            MessageFormatter.arrayFormat(format, parameters).getMessage(),
                            failure)
                    .ifPresent(Line::log);
        }
        return FilterReply.DENY;
    }

    private synchronized Optional<Line> count(Logger logger, Level level, String message, @Nullable Throwable failure) {
        var now = ticker.now();
        var before = trouble;
        if (before == null) {
            trouble = new Trouble(now, now, now, level, 1);
            return Optional.of(new Line(trouble, logger, level, message, failure));
        }
        var isWorse = level.isGreaterOrEqual(before.worst) && !level.equals(before.worst);
        var isTold = isWorse || now.compareTo(before.told.plus(REMINDER)) >= 0;
        trouble = new Trouble(
                before.since, now, isTold ? now : before.told, isWorse ? level : before.worst, before.messages + 1);
        return isTold ? Optional.of(new Line(trouble, logger, level, message, failure)) : Optional.empty();
    }

    private void endIfQuiet() {
        Trouble ended;
        synchronized (this) {
            ended = trouble;
            if (ended == null || ticker.now().compareTo(ended.last.plus(QUIET)) < 0) {
                return;
            }
            trouble = null;
        }
        LOG.atWarn()
                .addKeyValue("seconds", ended.seconds())
                .addKeyValue("messages", ended.messages)
                .log("Kafka's client reports no problem any more");
    }

    /**
     * The warnings since Kafka's client was last without any.
     *
     * @param told when the last of them was logged
     * @param worst the highest level of them
     */
    private record Trouble(Duration since, Duration last, Duration told, Level worst, long messages) {
        long seconds() {
            return last.minus(since).toSeconds();
        }
    }

    /** A line about the warnings; logged without holding the lock. */
    private record Line(
            Trouble trouble,
            Logger logger,
            Level level,
            String message,
            @Nullable Throwable failure) {
        void log() {
            var line = (level.equals(Level.ERROR) ? LOG.atError() : LOG.atWarn())
                    .addKeyValue("seconds", trouble.seconds())
                    .addKeyValue("messages", trouble.messages)
                    .addKeyValue(
                            "logger",
                            logger.getName().substring(logger.getName().lastIndexOf('.') + 1))
                    .addKeyValue("message", message);
            if (failure != null) {
                line = line.addKeyValue("cause", failure.toString());
            }
            line.log("Kafka's client reports a problem; its further messages are counted until it reports none");
        }
    }
}
