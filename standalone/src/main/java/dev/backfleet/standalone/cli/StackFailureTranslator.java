package dev.backfleet.standalone.cli;

import dev.backfleet.common.cli.CommandException;
import dev.backfleet.common.cli.ExitCode;
import dev.backfleet.common.cli.FailureTranslator;
import dev.backfleet.common.settings.Settings;
import dev.backfleet.embedded.process.EmbeddedServerException;
import dev.backfleet.standalone.stack.StackException;
import java.util.Optional;

/** Says why something of the local stack does not run. */
public final class StackFailureTranslator implements FailureTranslator {

    @Override
    public Optional<CommandException> translate(Throwable failure, Optional<Settings> settings) {
        return failure instanceof EmbeddedServerException || failure instanceof StackException
                ? Optional.of(
                        new CommandException(ExitCode.CANNOT_CONNECT, String.valueOf(failure.getMessage()), failure))
                : Optional.empty();
    }
}
