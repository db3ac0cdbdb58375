package dev.backfleet.common.trace;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** What the libraries of OpenTelemetry warn of, such as a collector that cannot be reached, in the log of the process. */
final class ExporterLog extends Handler {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ExporterLog.class);

    /** A strong reference, since java.util.logging forgets a logger without one. */
    private static final Logger LIBRARIES = Logger.getLogger("io.opentelemetry");

    private ExporterLog() {}

    /** Otherwise they write to standard error in a format of their own. */
    static synchronized void toTheProcessesLog() {
        if (LIBRARIES.getHandlers().length == 0) {
            LIBRARIES.setUseParentHandlers(false);
            LIBRARIES.addHandler(new ExporterLog());
        }
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            LOG.atWarn()
                    .addKeyValue("cause", record.getMessage())
                    .log("OpenTelemetry reports a problem; only traces are concerned");
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
