package dev.backfleet.standalone.process;

import java.io.IOException;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends this process when its parent has ended for any reason: that closes the pipe on standard input. A parent that is
 * only frozen keeps the pipe open.
 */
public final class ParentWatch {

    /** The system property that asks for it, and its value. */
    static final String FLAG = "-Dbackfleet.parent=stdin";

    private static final Logger LOG = LoggerFactory.getLogger(ParentWatch.class);
    private static final int KILLED = 137;

    private ParentWatch() {}

    /** Starts the watch, if the system property requests it. */
    public static void beginIfAsked() {
        if ("stdin".equals(System.getProperty("backfleet.parent"))) {
            var thread = new Thread(ParentWatch::watch, "parent-watch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    // At once and without farewell: the servers go at the same moment, so nothing could be given back.
    private static void watch() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("the pipe from the parent cannot be read; ending as if the parent had ended");
        }
        LOG.atWarn().log("the process that started this one is gone, ending");
        Runtime.getRuntime().halt(KILLED);
    }
}
