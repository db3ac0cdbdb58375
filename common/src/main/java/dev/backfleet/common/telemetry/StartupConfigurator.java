package dev.backfleet.common.telemetry;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/** Logback's configuration before {@link Logging} runs: that of a command, instead of logback's debug output. */
public final class StartupConfigurator extends ContextAwareBase implements Configurator {

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        Logging.configure(context, Logging.Plan.command(false));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
